// One work of `./dev bench`, done by a peer in a fresh process. The same in Java: EngineWorker.
//
//   node worker.mjs yjs|ywasm wall|cpu WARM_UP_MILLIS MEASURE_MILLIS OPERATION 1|2 FILE|NUMBER...
//
// Prints `result SHA256` of what the work gave, then `millis TIME` or `bytes HELD`; or `unsupported`. The time is the
// median by the clock, or the mean of the CPU time of the whole process.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [peerName, clock, warmUpMillis, measureMillis, operationName, format, ...parameters] = process.argv.slice(2)
const peer = await import(`./${peerName}.mjs`)

/** A file of int32 count; each: int32 length, bytes. The first `count` of them. */
const readUpdates = (file, count = Infinity) => {
  const all = readFileSync(file)
  const updates = []
  for (let i = 0, at = 4, n = Math.min(all.readInt32BE(0), count); i < n; i++) {
    const length = all.readInt32BE(at)
    updates.push(new Uint8Array(all.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return updates
}

/** A file of int32 count; each: int32 position, int32 deleted, int32 length, UTF-8 bytes inserted. */
const readPatches = (file, count = Infinity) => {
  const all = readFileSync(file)
  const patches = []
  for (let i = 0, at = 4, n = Math.min(all.readInt32BE(0), count); i < n; i++) {
    const length = all.readInt32BE(at + 8)
    patches.push({
      position: all.readInt32BE(at),
      deleted: all.readInt32BE(at + 4),
      inserted: all.toString('utf8', at + 12, at + 12 + length)
    })
    at += 12 + length
  }
  return patches
}

/** A file of int32 count; each: int32 position, int32 length, int32 kind. */
const readFormats = (file, count = Infinity) => {
  const all = readFileSync(file)
  return Array.from({ length: Math.min(all.readInt32BE(0), count) }, (_, i) => {
    const kind = all.readInt32BE(12 + i * 12)
    return {
      position: all.readInt32BE(4 + i * 12),
      length: all.readInt32BE(8 + i * 12),
      attributes: [{ bold: true }, { italic: true }, { bold: null }, { italic: null }][kind]
    }
  })
}

const readBytes = file => new Uint8Array(readFileSync(file))
const number = word => word === undefined ? undefined : Number(word)
const loaded = (state, v) => {
  const doc = peer.newDoc()
  peer.apply(doc, state, v)
  return doc
}

/** Of each work: `run(listener)` is what is timed, `result` the bytes that must be equal, `done` gives memory back. */
const operations = {
  apply (v, [file, count]) {
    const updates = readUpdates(file, number(count))
    return {
      run: listener => {
        const doc = peer.newDoc()
        peer.onUpdate(doc, v, listener)
        for (const update of updates) {
          peer.apply(doc, update, v)
        }
        return doc
      },
      result: doc => [peer.state(doc, v)],
      done: peer.free
    }
  },
  load (v, [file]) {
    const state = readBytes(file)
    return { run: () => loaded(state, v), result: doc => [peer.state(doc, v)], done: peer.free }
  },
  encode (v, [file]) {
    const doc = loaded(readBytes(file), v)
    return { run: () => peer.state(doc, v), result: bytes => [bytes] }
  },
  diff (v, [file, vectorFile]) {
    const doc = loaded(readBytes(file), v)
    const vector = readBytes(vectorFile)
    return { run: () => peer.state(doc, v, vector), result: bytes => [bytes] }
  },
  'state-vector-of' (v, [file]) {
    const update = readBytes(file)
    return { run: () => peer.stateVectorOf(update, v), result: bytes => [bytes] }
  },
  'diff-update' (v, [file, vectorFile]) {
    const update = readBytes(file)
    const vector = readBytes(vectorFile)
    return { run: () => peer.diffUpdate(update, vector, v), result: bytes => [bytes] }
  },
  merge (v, [file, from, count]) {
    const updates = readUpdates(file).slice(Number(from), Number(from) + Number(count))
    return { run: () => peer.merge(updates, v), result: bytes => [bytes] }
  },
  replay (v, [file, client, count]) {
    const patches = readPatches(file, number(count))
    return {
      run: listener => {
        const doc = peer.newDoc(Number(client))
        peer.onUpdate(doc, v, listener)
        const text = peer.text(doc)
        for (const patch of patches) {
          peer.edit(doc, text, patch)
        }
        return doc
      },
      result: doc => [peer.state(doc, v), Buffer.from(peer.string(doc))],
      done: peer.free
    }
  },
  format (v, [file, formatsFile, client, count]) {
    const base = readBytes(file)
    const formats = readFormats(formatsFile, number(count))
    return {
      run: listener => {
        const doc = peer.newDoc(Number(client))
        peer.apply(doc, base, v)
        peer.onUpdate(doc, v, listener)
        const text = peer.text(doc)
        for (const { position, length, attributes } of formats) {
          peer.format(doc, text, position, length, attributes)
        }
        return doc
      },
      result: doc => [peer.state(doc, v)],
      done: peer.free
    }
  },
  memory (v, [file, copies]) {
    // Each copy is made from bytes of its own: a document may keep what it was made from.
    const copy = () => loaded(readBytes(file), v)
    return { run: copy, result: doc => [peer.state(doc, v)], done: peer.free, copy, copies: Number(copies) }
  }
}

if (peer.lacks.includes(operationName)) {
  console.log('unsupported')
} else {
  const operation = operations[operationName](Number(format), parameters)
  const begin = cpuMillis()
  console.log('result', digest(operation))
  if (operation.copies) {
    console.log('bytes', held(operation))
  } else {
    repeat(operation, begin, Number(warmUpMillis))
    const measured = cpuMillis()
    const times = repeat(operation, measured, Number(measureMillis))
    console.log('millis', clock === 'cpu' ? (cpuMillis() - measured) / times.length : median(times))
  }
}

function digest (operation) {
  const hash = createHash('sha256')
  const outcome = operation.run(update => hash.update(update))
  operation.result(outcome).forEach(bytes => hash.update(bytes))
  operation.done?.(outcome)
  return hash.digest('hex')
}

/** Since `begin` for `millis` of CPU time and at least five times; what takes long fewer times, but once. */
function repeat (operation, begin, millis) {
  const times = []
  const takes = () => cpuMillis() - begin
  do {
    times.push(once(operation))
  } while ((takes() < millis || times.length < 5) && takes() < 5 * millis)
  return times
}

function cpuMillis () {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

function once (operation) {
  let heard = 0
  const begin = performance.now()
  const outcome = operation.run(update => { heard += update.length })
  const millis = performance.now() - begin
  operation.done?.(outcome)
  return millis
}

function median (times) {
  times.sort((a, b) => a - b)
  return (times[(times.length - 1) >> 1] + times[times.length >> 1]) / 2
}

function held ({ copy, copies }) {
  const live = () => {
    global.gc()
    global.gc()
    return peer.heap()
  }
  const kept = [copy()]
  const before = live()
  while (kept.length <= copies) {
    kept.push(copy())
  }
  return Math.round((live() - before) / copies) + 0 * kept.length
}
