// What npm Yjs makes of updates without a document: few and many of them, overlapping, with gaps, repeated, of documents
// that collect garbage and that do not, and written in forms that Yjs reads but never writes.
// The same seed always gives the same line, so a failure is repeated with: node fuzz-tools.mjs SEED 1
//
// usage: node fuzz-tools.mjs FIRST_SEED COUNT
// One line of JSON for each seed: { seed, inputs, inputs2, merged, merged2, stateVector, each }. Bytes are base64 in
// format 1, or 2 where the name says so. `each` has for some inputs, and for what was merged, { update, update2,
// stateVector, diff, diff2, stateVectorOf, from, to, converted2, converted }; `diff`s are against the common state vector.
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { b64, chance, document, edit, int, pick, seedWith, shuffled, stayInText, tellAll } from './sessions.mjs'

// ---- odd forms ---------------------------------------------------------------------------------

let odd = 0
const writeNumber = (encoder, n) => {
  encoding.writeVarUint(encoder, n)
  if (chance(odd)) {
    const bytes = int(1, 2)
    encoder.cbuf[encoder.cpos - 1] |= 0x80
    for (let i = 1; i < bytes; i++) encoding.writeUint8(encoder, 0x80)
    encoding.writeUint8(encoder, 0)
  }
}
const writeText = (encoder, text) => {
  const bytes = new TextEncoder().encode(text)
  writeNumber(encoder, bytes.length)
  encoding.writeUint8Array(encoder, bytes)
}
const writeValue = (encoder, value) => {
  if (typeof value === 'number' && chance(odd)) {
    encoding.writeUint8(encoder, 123)
    encoding.writeFloat64(encoder, value)
  } else encoding.writeAny(encoder, value)
}
const oddInfo = info => {
  if ((info & 31) === 0) return chance(odd) ? info | pick([0x20, 0x80, 0xc0]) : info
  return (info & 0xc0) !== 0 && chance(odd) ? info ^ 0x20 : info
}

class OddEncoderV1 extends Y.UpdateEncoderV1 {
  writeLeftID (id) { writeNumber(this.restEncoder, id.client); writeNumber(this.restEncoder, id.clock) }
  writeRightID (id) { this.writeLeftID(id) }
  writeClient (client) { writeNumber(this.restEncoder, client) }
  writeInfo (info) { encoding.writeUint8(this.restEncoder, oddInfo(info)) }
  writeString (s) { writeText(this.restEncoder, s) }
  writeKey (s) { writeText(this.restEncoder, s) }
  writeParentInfo (root) { writeNumber(this.restEncoder, root ? 1 : chance(odd) ? 2 : 0) }
  writeTypeRef (ref) { writeNumber(this.restEncoder, ref) }
  writeLen (len) { writeNumber(this.restEncoder, len) }
  writeAny (value) { writeValue(this.restEncoder, value) }
  writeJSON (value) { writeText(this.restEncoder, chance(odd) ? ' ' + JSON.stringify(value, null, 1) : JSON.stringify(value)) }
}
class OddEncoderV2 extends Y.UpdateEncoderV2 {
  writeInfo (info) { super.writeInfo(oddInfo(info)) }
  writeAny (value) { writeValue(this.restEncoder, value) }
}

// With `collected` some items become a Gc, so that two have something different at the same place.
const rewrite = (update, encoder, collected = 0) => {
  const { structs, ds } = Y.decodeUpdate(update)
  const number = n => encoder instanceof OddEncoderV1 ? writeNumber(encoder.restEncoder, n) : encoding.writeVarUint(encoder.restEncoder, n)
  const blocks = []
  for (const read of structs) {
    const struct = chance(collected) && !(read instanceof Y.Skip) ? new Y.GC(read.id, read.length) : read
    if (blocks.length === 0 || blocks.at(-1)[0].id.client !== struct.id.client) blocks.push([])
    blocks.at(-1).push(struct)
  }
  number(blocks.length)
  for (const block of blocks) {
    number(block.length)
    encoder.writeClient(block[0].id.client)
    number(block[0].id.clock)
    for (const struct of block) {
      if (struct instanceof Y.Skip) {
        encoding.writeUint8(encoder.restEncoder, 10) // only V1 has it there
        number(struct.length)
      } else struct.write(encoder, 0)
    }
  }
  const deletions = chance(odd) ? shuffled([...ds.clients]) : [...ds.clients]
  number(deletions.length)
  for (const [client, ranges] of deletions) {
    encoder.resetDsCurVal()
    number(client)
    number(ranges.length)
    for (const range of ranges) {
      if (encoder instanceof OddEncoderV1) {
        number(range.clock)
        number(range.len)
      } else {
        encoder.writeDsClock(range.clock)
        encoder.writeDsLen(range.len)
      }
    }
  }
  return encoder.toUint8Array()
}

const hasSkips = update => Y.decodeUpdate(update).structs.some(struct => struct instanceof Y.Skip)

// ---- a session ---------------------------------------------------------------------------------

const pieces = () => {
  stayInText(chance(0.4))
  const found = []
  const clients = Array.from({ length: int(1, 4) }, (_, i) => document(pick([i + 1, int(0, 2 ** 32 - 1)]), chance(0.5)))
  const mirrors = [document(1e9, true), document(1e9 + 1, false)]
  const docs = [...clients, ...mirrors]
  clients.forEach(d => d.on('update', (u, origin) => {
    if (origin === 'remote') return
    found.push(u)
    mirrors.forEach(mirror => Y.applyUpdate(mirror, u, 'remote'))
  }))
  const since = (from, to) => Y.encodeStateAsUpdate(from, Y.encodeStateVector(to))
  for (let n = int(3, pick([20, 60, 200])); n > 0; n--) {
    const d = pick(clients)
    if (chance(0.3)) d.transact(() => { for (let k = int(1, 4); k > 0; k--) edit(d) })
    else edit(d)
    if (chance(0.2)) Y.applyUpdate(pick(clients), since(pick(docs), pick(clients)), 'remote')
    if (chance(0.1)) found.push(since(pick(docs), pick(docs)))
    if (chance(0.05)) found.push(Y.encodeStateAsUpdate(pick(docs)))
    if (chance(0.05)) found.push(Y.mergeUpdates([pick(found), pick(found), pick(found)].filter(u => u)))
  }
  docs.forEach(d => found.push(Y.encodeStateAsUpdate(d)))
  return found
}

const partOf = clocks => {
  const part = new Map()
  for (const [client, clock] of clocks) if (chance(0.7)) part.set(client, int(0, clock))
  return Y.encodeStateVector(part)
}

const toolsOn = ([update, update2], stateVector) => {
  const { from, to } = Y.parseUpdateMeta(update)
  return {
    update: b64(update),
    update2: b64(update2),
    diff: b64(Y.diffUpdate(update, stateVector)),
    diff2: b64(Y.diffUpdateV2(update2, stateVector)),
    stateVectorOf: b64(Y.encodeStateVectorFromUpdate(update)),
    from: [...from],
    to: [...to],
    converted2: b64(Y.convertUpdateFormatV1ToV2(update)),
    converted: b64(Y.convertUpdateFormatV2ToV1(update2))
  }
}

const run = seed => {
  seedWith(seed)
  const found = pieces()
  const count = pick([int(2, 8), int(2, 8), int(9, 63), int(64, 200)])
  odd = pick([0, 0.02, 0.2])
  const collected = pick([0, 0, 0.05, 0.5])
  const inputs = Array.from({ length: count }, () => {
    let update = pick(found)
    if (collected > 0 && chance(0.5)) {
      const before = odd
      odd = 0
      update = rewrite(update, new OddEncoderV1(), collected)
      odd = before
    }
    const skips = hasSkips(update)
    return odd > 0 && chance(0.5)
      ? [rewrite(update, new OddEncoderV1()), skips ? Y.convertUpdateFormatV1ToV2(update) : rewrite(update, new OddEncoderV2())]
      : [update, Y.convertUpdateFormatV1ToV2(update)]
  })
  const merged = Y.mergeUpdates(inputs.map(input => input[0]))
  const merged2 = Y.mergeUpdatesV2(inputs.map(input => input[1]))
  const stateVector = partOf(Y.parseUpdateMeta(merged).to)
  return {
    seed,
    inputs: inputs.map(input => b64(input[0])),
    inputs2: inputs.map(input => b64(input[1])),
    merged: b64(merged),
    merged2: b64(merged2),
    stateVector: b64(stateVector),
    each: [...inputs.slice(0, 3), [merged, merged2]].map(input => toolsOn(input, stateVector))
  }
}

await tellAll(run)
