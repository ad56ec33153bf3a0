// Updates that no Yjs client would write, or that broke on their way, and what npm Yjs makes of them.
// The same seed always gives the same line, so a failure is repeated with: node fuzz-hostile.mjs SEED 1
//
// usage: node fuzz-hostile.mjs FIRST_SEED COUNT
// One line of JSON for each seed: { seed, gc, base, v, steps }. `base` is an update in format 1 that the receiver, with
// the four root types and the client id 77777777, has first. A step is { update, threw } when Yjs threw in the middle of
// it, and else { update, state, state2, sv, pending, emitted, content }: what the receiver says then, `emitted` being
// its update events in format 1. `state` is null when Yjs cannot encode the document any more, `content` when it
// cannot read it. Updates are in format `v`, 1 or 2. Yjs has seen no further update after one at which it threw.
import { runInThisContext } from 'node:vm'
import { writeVarUint } from 'lib0/encoding'
import * as Y from 'yjs'
import { b64, chance, childTypes, content, document, edit, int, key, pick, plain, ROOTS, seedWith, string, tellAll }
  from './sessions.mjs'

console.log = () => {} // Yjs tells there that it took another client id

const RECEIVER = 77777777

// ---- updates made up struct by struct ----------------------------------------------------------

const CLIENTS = [1, 2, 3, 4, RECEIVER]

const make = (v, known) => {
  const out = v === 1 ? new Y.UpdateEncoderV1() : new Y.UpdateEncoderV2()
  const number = n => writeVarUint(out.restEncoder, n)
  const state = client => known.get(client) ?? 0
  const ends = new Map(known)
  // Mostly something that is there by then; sometimes nothing, or something yet to come.
  const someId = () => {
    const there = CLIENTS.filter(client => ends.has(client))
    const client = there.length > 0 && chance(0.98) ? pick(there) : pick(CLIENTS)
    return Y.createID(client, Math.max(0, chance(0.98) ? int(0, (ends.get(client) ?? 0) - 1) : int(0, state(client) + 3)))
  }
  const clients = CLIENTS.filter(() => chance(0.5))
  if (chance(0.05)) clients.push(pick(CLIENTS))
  if (chance(0.9)) clients.sort((a, b) => b - a)
  number(clients.length)
  for (const client of clients) {
    const structs = Array.from({ length: int(1, 5) }, () => struct(someId))
    const clock = chance(0.85) ? state(client) : pick([int(0, state(client)), state(client) + int(1, 2)])
    number(structs.length)
    out.writeClient(client)
    number(clock)
    let end = clock
    for (const s of structs) {
      s.write(out, number, end > 0 ? Y.createID(client, end - 1) : someId())
      end += s.length
    }
    ends.set(client, Math.max(ends.get(client) ?? 0, end))
  }
  deletions(out, v, number, ends)
  return out.toUint8Array()
}

const struct = someId => {
  const length = chance(0.02) ? 0 : int(1, 3)
  const kind = pick([0, 1, 1, 2, 3, 4, 4, 4, 4, 5, 6, 6, 7, 7, 7, 8, 8, 9, 10])
  if (kind === 0) return { length, write: out => { out.writeInfo(0); out.writeLen(length) } }
  if (kind === 10) return { length, write: (out, number) => { out.writeInfo(10); number(length) } }
  const body = CONTENT[kind](length)
  const previous = chance(0.3)
  const origin = previous || chance(0.4)
  const right = chance(0.3)
  const keyed = chance(0.3)
  const left = someId()
  const rightId = someId()
  const root = chance(0.7) ? pick(['text', 'array', 'map', 'xml', 'other']) : null
  const parent = someId()
  const name = key()
  return {
    length: body.length,
    write: (out, number, last) => {
      out.writeInfo(kind | (origin ? 0x80 : 0) | (right ? 0x40 : 0) | (keyed ? 0x20 : 0))
      if (origin) out.writeLeftID(previous ? last : left)
      if (right) out.writeRightID(rightId)
      if (!origin && !right) {
        out.writeParentInfo(root !== null)
        if (root !== null) out.writeString(root)
        else out.writeLeftID(parent)
        if (keyed) out.writeString(name)
      }
      body.write(out)
    }
  }
}

const CONTENT = {
  1: n => ({ length: n, write: out => out.writeLen(n) }),
  2: n => {
    const values = Array.from({ length: n }, () => pick(['1', '"x"', 'undefined', '{"a":[]}', 'null']))
    return { length: n, write: out => { out.writeLen(n); values.forEach(v => out.writeString(v)) } }
  },
  3: () => ({ length: 1, write: out => out.writeBuf(new Uint8Array([7])) }),
  4: n => {
    const text = n === 0 ? '' : string()
    return { length: text.length, write: out => out.writeString(text) }
  },
  5: () => {
    const value = pick([{ image: 'x' }, 1, null, 'x', [1]])
    return { length: 1, write: out => out.writeJSON(value) }
  },
  6: () => {
    const name = pick(['b', 'i'])
    const value = pick([true, null, false, { href: 'x' }])
    return { length: 1, write: out => { out.writeKey(name); out.writeJSON(value) } }
  },
  7: () => {
    const ref = int(0, 6)
    return { length: 1, write: out => { out.writeTypeRef(ref); if (ref === 3 || ref === 5) out.writeKey('p') } }
  },
  8: n => {
    const values = Array.from({ length: n }, plain)
    return { length: n, write: out => { out.writeLen(n); values.forEach(v => out.writeAny(v)) } }
  },
  9: () => ({ length: 1, write: out => { out.writeString('guid'); out.writeAny(pick([{}, { autoLoad: true }])) } })
}

const deletions = (out, v, number, ends) => {
  const clients = CLIENTS.filter(() => chance(0.3))
  number(clients.length)
  for (const client of clients) {
    out.resetDsCurVal()
    number(client)
    const ranges = int(0, 2)
    number(ranges)
    let at = 0
    for (let i = 0; i < ranges; i++) {
      const end = ends.get(client) ?? 0
      const clock = int(v === 1 && chance(0.1) ? 0 : at, Math.max(at, end))
      const length = chance(0.95) && end > clock ? int(1, end - clock) : int(1, 4)
      out.writeDsClock(clock)
      out.writeDsLen(length)
      at = clock + length
    }
  }
}



// ---- updates that broke --------------------------------------------------------------------------

const broken = (update, other) => {
  let bytes = [...update]
  for (let n = int(1, 3); n > 0; n--) {
    const at = int(0, bytes.length - 1)
    switch (int(0, 6)) {
      case 0: bytes[at] = int(0, 255); break
      case 1: bytes[at] ^= 1 << int(0, 7); break
      case 2: bytes.splice(at, 0, int(0, 255)); break
      case 3: bytes.splice(at, int(1, 4)); break
      case 4: bytes[at] = pick([0, 1, 2, 3, 4, 127, 128, 0x84, 0xa8, 0xc6]); break
      case 5: {
        const from = int(0, other.length - 1)
        bytes.splice(at, int(0, 6), ...other.slice(from, from + int(1, 12)))
        break
      }
      default: bytes = [...bytes.slice(0, at), ...other.slice(int(0, other.length - 1))]
    }
    if (bytes.length === 0) bytes = [0]
  }
  return Uint8Array.from(bytes)
}

// ---- main --------------------------------------------------------------------------------------

const orNull = f => {
  try {
    return f()
  } catch (e) {
    return null
  }
}

// Yjs goes round in a circle, or counts to 2^32, with some of them.
const inTime = f => {
  globalThis.guarded = f
  runInThisContext('guarded()', { timeout: 1000 })
}

// What Yjs does to a document without a word: what it had before and got now is spoilt or gone.
const spoils = (before, update, v, doc) => {
  const decoded = orNull(() => v === 1 ? Y.decodeUpdate(update) : Y.decodeUpdateV2(update))
  if (decoded === null) return 'its tools refuse what its documents take'
  const { structs, ds } = decoded
  if (doc.store.pendingDs !== null) {
    // It writes them as differences, of which none can be negative.
    for (const ranges of ds.clients.values()) {
      if (ranges.some((range, i) => i > 0 && ranges[i - 1].clock + ranges[i - 1].len > range.clock)) {
        return 'deletions that overlap and wait are garbled'
      }
    }
  }
  // V8 keeps the bits of a NaN, or does not, as it likes.
  if (/7b[7f]ff(?!8000000000000)[0-9a-f]{13}/.test(Buffer.from(update).toString('hex'))) return 'another NaN'
  const known = Y.decodeStateVector(Y.encodeStateVector(doc))
  const held = heldBy(doc)
  const isThere = s => s instanceof Y.Skip || s.id.clock < (known.get(s.id.client) ?? 0) ||
    held.some(h => h.id.client === s.id.client && h.id.clock <= s.id.clock && s.id.clock < h.id.clock + h.length)
  return before.concat(structs).every(isThere) ? null : 'structs that wait in a circle are lost'
}
const heldBy = doc => doc.store.pendingStructs === null
  ? []
  : Y.decodeUpdateV2(doc.store.pendingStructs.update).structs.filter(s => !(s instanceof Y.Skip))

// An XML tree that holds what does not belong there, and an attribute that is a type or a document, look otherwise here.
const isShared = value => value instanceof Y.AbstractType || value instanceof Y.Doc
const isSound = t => childTypes(t).every(isSound) &&
  !(t instanceof Y.XmlFragment && t.toArray().some(child => !(child instanceof Y.AbstractType))) &&
  !(t.getAttributes && Object.values(t.getAttributes()).some(isShared))

const edited = gc => {
  const docs = [document(1, gc), document(2, gc)]
  for (let n = int(2, 12); n > 0; n--) {
    edit(pick(docs))
    if (chance(0.3)) {
      const [from, to] = chance(0.5) ? docs : [docs[1], docs[0]]
      Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'remote')
    }
  }
  return docs
}

const run = seed => {
  seedWith(seed)
  const gc = chance(0.8)
  const v = chance(0.5) ? 1 : 2
  const [one, two] = edited(gc)
  const base = Y.mergeUpdates([one, two].filter(() => chance(0.8)).map(d => Y.encodeStateAsUpdate(d)))
  const receiver = document(RECEIVER, gc)
  Y.applyUpdate(receiver, base)
  let emitted = []
  receiver.on('update', u => emitted.push(b64(u)))
  const encode = v === 1 ? Y.encodeStateAsUpdate : Y.encodeStateAsUpdateV2
  const apply = v === 1 ? Y.applyUpdate : Y.applyUpdateV2
  const steps = []
  for (let n = int(1, 6); n > 0; n--) {
    const known = Y.decodeStateVector(Y.encodeStateVector(receiver))
    const update = chance(0.6)
      ? make(v, known)
      : broken(encode(pick([one, two])), chance(0.5) ? make(v, known) : encode(pick([one, two])))
    const before = heldBy(receiver)
    emitted = []
    try {
      inTime(() => apply(receiver, update, 'remote'))
    } catch (e) {
      steps.push({ update: b64(update), threw: String(e && e.message) })
      break
    }
    const spoilt = spoils(before, update, v, receiver)
    if (spoilt) {
      steps.push({ update: b64(update), threw: spoilt })
      break
    }
    steps.push({
      update: b64(update),
      state: orNull(() => b64(Y.encodeStateAsUpdate(receiver))),
      state2: orNull(() => b64(Y.encodeStateAsUpdateV2(receiver))),
      sv: b64(Y.encodeStateVector(receiver)),
      pending: receiver.store.pendingStructs !== null || receiver.store.pendingDs !== null,
      emitted,
      content: orNull(() => Object.values(ROOTS).every(f => isSound(f(receiver))) ? content(receiver) : null)
    })
  }
  return { seed, gc, base: b64(base), v, steps }
}

await tellAll(run)
