// The `doc` command on npm yjs: the same operations, jobs and scripts as `./dev doc`, to be compared with it.
//
// usage: node doc-peer.mjs OP [--v2] [--nogc] [--out-v2] FILE...
//        node doc-peer.mjs batch JOBS.jsonl
//
// What the operations and scripts are: docs/doc-command.md.
import './still-clock.mjs'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as awarenessProtocol from 'y-protocols/awareness'
import * as syncProtocol from 'y-protocols/sync'
import * as Y from 'yjs'

console.error = () => {}
console.warn = () => {}
console.log = () => {}

export const b64 = u => Buffer.from(u).toString('base64')
export const bytes = s => new Uint8Array(Buffer.from(s, 'base64'))
const utf8 = v => new Uint8Array(Buffer.from(JSON.stringify(v), 'utf8'))

// ---- tagged JSON -------------------------------------------------------------------------------

const byKey = (a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
const entries = o => Object.keys(o).map(k => [k, tag(o[k])]).sort(byKey)
const mapEntries = m => [...m.entries()].map(([k, v]) => [k, tag(v)]).sort(byKey)

export const kindOf = t => {
  if (t instanceof Y.XmlHook) return 'xmlhook'
  if (t instanceof Y.Map) return 'map'
  if (t instanceof Y.XmlText) return 'xmltext'
  if (t instanceof Y.Text) return 'text'
  if (t instanceof Y.XmlElement) return 'xmlelement'
  if (t instanceof Y.XmlFragment) return 'xmlfragment'
  return 'array'
}
const tagType = t => {
  const k = kindOf(t)
  switch (k) {
    case 'xmlhook': return { $: 'type', k, name: t.hookName, v: mapEntries(t) }
    case 'map': return { $: 'type', k, v: mapEntries(t) }
    case 'text': case 'xmltext': return { $: 'type', k, attrs: entries(t.getAttributes()), v: tagDelta(t.toDelta()) }
    case 'xmlelement': return { $: 'type', k, name: t.nodeName, attrs: entries(t.getAttributes()), v: t.toArray().map(tag) }
    default: return { $: 'type', k, v: t.toArray().map(tag) }
  }
}
export const tag = v => {
  switch (typeof v) {
    case 'undefined': return { $: 'undef' }
    case 'bigint': return { $: 'big', v: String(v) }
    case 'string': return v.isWellFormed() ? v : { $: 'u16', v: Array.from({ length: v.length }, (_, i) => v.charCodeAt(i)) }
    case 'number': return Object.is(v, -0) ? { $: 'num', v: '-0' } : Number.isFinite(v) ? v : { $: 'num', v: String(v) }
    case 'boolean': return v
  }
  if (v === null) return v
  if (Array.isArray(v)) return v.map(tag)
  if (v instanceof Uint8Array) return { $: 'bin', v: b64(v) }
  if (v instanceof Y.Doc) {
    return { $: 'doc', guid: v.guid, autoLoad: v.autoLoad, meta: tag(v.meta), ...(v.gc ? {} : { gc: false }) }
  }
  if (v instanceof Y.AbstractType) return tagType(v)
  return { $: 'obj', v: entries(v) }
}
const tagDelta = ops => ops.map(op => ({
  ...('insert' in op ? { insert: tag(op.insert) } : 'retain' in op ? { retain: op.retain } : { delete: op.delete }),
  ...(op.attributes ? { attributes: entries(op.attributes) } : {})
}))
const shallow = v => v instanceof Y.AbstractType ? { $: 'type', k: kindOf(v) } : tag(v)

const object = list => {
  const o = {}
  for (const [k, v] of list) o[k] = make(v)
  return o
}
const makeType = told => {
  const v = told.v ?? []
  switch (told.k) {
    case 'array': return Y.Array.from(v.map(make))
    case 'map': return new Y.Map(v.map(([k, x]) => [k, make(x)]))
    case 'xmlhook': {
      const hook = new Y.XmlHook(told.name)
      v.forEach(([k, x]) => hook.set(k, make(x)))
      return hook
    }
    case 'text': case 'xmltext': {
      const text = new (told.k === 'text' ? Y.Text : Y.XmlText)(make(told.v ?? ''))
      ;(told.attrs ?? []).forEach(([k, x]) => text.setAttribute(k, make(x)))
      return text
    }
    case 'xmlelement': {
      const element = new Y.XmlElement(told.name)
      ;(told.attrs ?? []).forEach(([k, x]) => element.setAttribute(k, make(x)))
      element.insert(0, v.map(make))
      return element
    }
    case 'xmlfragment': {
      const fragment = new Y.XmlFragment()
      fragment.insert(0, v.map(make))
      return fragment
    }
  }
  throw new Error('no such type: ' + told.k)
}
export const make = told => {
  if (told === null || typeof told !== 'object') return told
  if (Array.isArray(told)) return told.map(make)
  switch (told.$) {
    case 'undef': return undefined
    case 'num': return Number(told.v)
    case 'big': return BigInt(told.v)
    case 'u16': return told.v.map(u => String.fromCharCode(u)).join('')
    case 'bin': return bytes(told.v)
    case 'obj': return object(told.v)
    case 'doc': return new Y.Doc({ guid: told.guid, gc: told.gc, autoLoad: told.autoLoad, meta: make(told.meta) })
    case 'type': return makeType(told)
  }
  throw new Error('no such tag: ' + told.$)
}

// ---- documents ---------------------------------------------------------------------------------

const root = (d, name) => {
  if (name.startsWith('text')) return d.getText(name)
  if (name.startsWith('arr')) return d.getArray(name)
  if (name.startsWith('map')) return d.getMap(name)
  if (name.startsWith('xml')) return d.getXmlFragment(name)
  if (name.startsWith('xel')) return d.get(name, Y.XmlElement)
}
const ROOTS = ['arr', 'map', 'text', 'xel', 'xml']
const document = (gc, clientID) => {
  const d = new Y.Doc({ gc, guid: 'job' })
  if (clientID !== undefined) d.clientID = clientID
  ROOTS.forEach(name => root(d, name))
  return d
}
const dump = d => {
  const result = {}
  for (const name of [...d.share.keys()].sort()) {
    const t = root(d, name)
    if (t === undefined) continue
    result[name] = tag(t)
    if (!(t instanceof Y.Array || t instanceof Y.Map)) result[name + '#s'] = tag(t.toString())
  }
  return result
}
const summary = d => {
  const snapshot = Y.snapshot(d)
  return {
    v1: b64(Y.encodeStateAsUpdate(d)),
    v2: b64(Y.encodeStateAsUpdateV2(d)),
    sv: b64(Y.encodeStateVector(d)),
    snap1: b64(Y.encodeSnapshot(snapshot)),
    snap2: b64(Y.encodeSnapshotV2(snapshot)),
    pendingStructs: d.store.pendingStructs !== null,
    pendingDs: d.store.pendingDs !== null,
    json: dump(d)
  }
}

// ---- edits -------------------------------------------------------------------------------------

const typeAt = (d, path) => path.slice(1).reduce((t, step) => {
  if (t instanceof Y.Text) return t.toDelta().map(op => op.insert).filter(x => x instanceof Y.AbstractType)[step]
  return t.get(step)
}, root(d, path[0]))

// Some operations would do something else in another type, and some something that makes no sense.
const FITTING = {
  delete: [Y.Text, Y.Array, Y.XmlFragment],
  t: [Y.Text],
  l: [Y.Array, Y.XmlFragment],
  m: [Y.Map],
  a: [Y.Text, Y.XmlElement]
}
const perform = (d, e) => {
  const t = typeAt(d, e.path)
  const fitting = FITTING[e.op.slice(1)] ?? FITTING[e.op[0]]
  if (!fitting.some(kind => t instanceof kind)) throw new Error('no such operation there: ' + e.op)
  switch (e.op) {
    case 'tinsert': return t.insert(e.i, make(e.str), e.attrs && object(e.attrs))
    case 'tembed': return t.insertEmbed(e.i, make(e.v), e.attrs && object(e.attrs))
    case 'tdelete': return t.delete(e.i, e.n)
    case 'tformat': return t.format(e.i, e.n, object(e.attrs))
    case 'tdelta': return t.applyDelta(e.delta.map(op => ({
      ...op,
      ...('insert' in op ? { insert: make(op.insert) } : {}),
      ...(op.attributes ? { attributes: object(op.attributes) } : {})
    })), { sanitize: e.sanitize })
    case 'linsert': return t.insert(e.i, e.v.map(make))
    case 'lpush': return t.push(e.v.map(make))
    case 'ldelete': return t.delete(e.i, e.n)
    case 'mset': return t.set(e.k, make(e.v))
    case 'mdel': return t.delete(e.k)
    case 'mclear': return t.clear()
    case 'aset': return t.setAttribute(e.k, make(e.v))
    case 'adel': return t.removeAttribute(e.k)
  }
  throw new Error('no such operation: ' + e.op)
}

// ---- scripts -----------------------------------------------------------------------------------

const TRACED = [
  'beforeAllTransactions', 'beforeTransaction', 'beforeObserverCalls', 'afterTransaction', 'afterTransactionCleanup',
  'update', 'updateV2', 'subdocs', 'afterAllTransactions'
]
const nth = (updates, n) => {
  if (n < updates.length) return updates[n]
  throw new Error('no such update: ' + n)
}
const guids = set => [...set].map(d => d.guid).sort()

class ScriptDoc {
  constructor ({ clientID, gc }, observe, trace) {
    this.d = document(gc, clientID)
    this.updates1 = []
    this.updates2 = []
    this.events = []
    this.trace = []
    this.snapshots = []
    this.d.on('update', u => this.updates1.push(u))
    this.d.on('updateV2', u => this.updates2.push(u))
    if (observe) {
      for (const name of ROOTS) {
        root(this.d, name).observeDeep(evs => this.events.push({
          root: name,
          evs: evs.map(e => ({
            target: kindOf(e.target),
            path: e.path,
            delta: tagDelta(e.changes.delta),
            keys: [...e.changes.keys].map(([k, x]) => [k, x.action, shallow(x.oldValue)]).sort(byKey)
          }))
        }))
      }
    }
    if (trace) {
      for (const name of TRACED) {
        this.d.on(name, x => {
          if (name === 'beforeTransaction') this.trace.push([name, x.local])
          else if (name === 'subdocs') this.trace.push([name, guids(x.loaded), guids(x.added), guids(x.removed)])
          else this.trace.push([name])
        })
      }
    }
  }

  // A document of the past, and how the text got from the moment before to this one.
  past ([snapshot, previous]) {
    const result = { v1: b64(Y.encodeSnapshot(snapshot)), v2: b64(Y.encodeSnapshotV2(snapshot)) }
    if (!this.d.gc) {
      result.restored = b64(Y.encodeStateAsUpdate(Y.createDocFromSnapshot(this.d, snapshot, document(false, 999))))
      result.delta = tagDelta(this.d.getText('text').toDelta(snapshot, previous))
    }
    return result
  }
}

export class Script {
  constructor ({ docs, observe, trace }) {
    this.docs = docs.map(told => new ScriptDoc(told, observe, trace))
    this.observe = observe
    this.trace = trace
    this.positions = []
    this.errors = []
    this.count = 0
  }

  step (step) {
    try {
      this.perform(step)
    } catch (e) {
      this.errors.push(this.count)
    }
    this.count++
  }

  perform (step) {
    const doc = this.docs[step.d]
    const from = this.docs[step.from]
    const to = this.docs[step.to]
    switch (step.step) {
      case 'op': return perform(doc.d, step)
      case 'tx': return doc.d.transact(() => step.ops.forEach(e => perform(doc.d, e)), step.origin)
      case 'sync':
        return Y.applyUpdate(to.d, Y.encodeStateAsUpdate(from.d, Y.encodeStateVector(to.d)), 'remote')
      case 'sync2':
        return Y.applyUpdateV2(to.d, Y.encodeStateAsUpdateV2(from.d, Y.encodeStateVector(to.d)), 'remote')
      case 'deliver': return Y.applyUpdate(to.d, nth(from.updates1, step.n), 'remote')
      case 'deliver2': return Y.applyUpdateV2(to.d, nth(from.updates2, step.n), 'remote')
      case 'um': {
        const { captureTimeout, ignoreRemoteMapChanges } = step
        const trackedOrigins = new Set([null, ...(step.origins ?? [])])
        doc.um = new Y.UndoManager(step.paths.map(path => typeAt(doc.d, path)), {
          captureTimeout, ignoreRemoteMapChanges, trackedOrigins
        })
        return
      }
      case 'undo': return doc.um.undo()
      case 'redo': return doc.um.redo()
      case 'stop': return doc.um.stopCapturing()
      case 'clear': return doc.um.clear()
      case 'snap': {
        const snapshot = Y.snapshot(doc.d)
        doc.snapshots.push([snapshot, doc.snapshots.at(-1)?.[0]])
        return
      }
      case 'relpos': {
        const position = Y.createRelativePositionFromTypeIndex(typeAt(doc.d, step.path), step.i, step.assoc)
        this.positions.push([doc.d, Y.encodeRelativePosition(position)])
        return
      }
    }
    throw new Error('no such step: ' + step.step)
  }

  result () {
    const resolve = (d, bin, follow) => {
      const at = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bin), d, follow)
      return at && { kind: kindOf(at.type), index: at.index, assoc: at.assoc }
    }
    return {
      errors: this.errors,
      updates1: this.docs.map(doc => doc.updates1.map(b64)),
      updates2: this.docs.map(doc => doc.updates2.map(b64)),
      docs: this.docs.map(doc => summary(doc.d)),
      ...(this.observe ? { events: this.docs.map(doc => doc.events) } : {}),
      ...(this.trace ? { traces: this.docs.map(doc => doc.trace) } : {}),
      relpos: this.positions.map(([d, bin]) => ({ bin: b64(bin), abs: resolve(d, bin, true), absNoFollow: resolve(d, bin, false) })),
      snaps: this.docs.map(doc => doc.snapshots.map(s => doc.past(s)))
    }
  }
}

const script = told => {
  const run = new Script(told)
  told.steps.forEach(step => run.step(step))
  return run.result()
}

export const awareness = ({ clientID, steps }) => {
  const d = new Y.Doc()
  d.clientID = clientID
  const a = new awarenessProtocol.Awareness(d)
  clearInterval(a._checkInterval)
  const out = []
  for (const name of ['change', 'update']) {
    a.on(name, ({ added, updated, removed }, origin) => out.push([name, added, updated, removed, origin]))
  }
  for (const step of steps) {
    try {
      if ('set' in step) a.setLocalState(step.set)
      else if ('field' in step) a.setLocalStateField(step.field, step.value)
      else if ('apply' in step) awarenessProtocol.applyAwarenessUpdate(a, bytes(step.apply), 'net')
      else if ('remove' in step) awarenessProtocol.removeAwarenessStates(a, step.remove, 'rm')
      else if ('encode' in step) out.push(['encoded', b64(awarenessProtocol.encodeAwarenessUpdate(a, step.encode))])
      else if ('modify' in step) {
        const stamp = state => state === null ? null : { ...state, stamped: true }
        out.push(['modified', b64(awarenessProtocol.modifyAwarenessUpdate(bytes(step.modify), stamp))])
      } else throw new Error('no such step')
    } catch (e) {
      out.push(['error'])
    }
  }
  return {
    out,
    states: [...a.states].map(([id, state]) => [id, JSON.stringify(state)]),
    clocks: [...a.meta].map(([id, { clock }]) => [id, clock])
  }
}

// ---- operations --------------------------------------------------------------------------------

const parse = u => JSON.parse(Buffer.from(u).toString('utf8'))
const loaded = (inputs, { v, gc, clientID }) => {
  const d = document(gc, clientID)
  inputs.forEach(u => applied(d, u, v))
  return d
}
const applied = (d, u, v) => (v === 2 ? Y.applyUpdateV2 : Y.applyUpdate)(d, u, 'remote')
const sorted = clocks => [...clocks].sort((a, b) => a[0] - b[0])

const OPERATIONS = {
  merge: (inputs, { v }) => (v === 2 ? Y.mergeUpdatesV2 : Y.mergeUpdates)(inputs),
  diff: ([u, sv], { v }) => (v === 2 ? Y.diffUpdateV2 : Y.diffUpdate)(u, sv),
  'state-vector': ([u], { v }) => (v === 2 ? Y.encodeStateVectorFromUpdateV2 : Y.encodeStateVectorFromUpdate)(u),
  'convert-v1-v2': ([u]) => Y.convertUpdateFormatV1ToV2(u),
  'convert-v2-v1': ([u]) => Y.convertUpdateFormatV2ToV1(u),
  apply: (inputs, { v, gc, clientID }) => {
    const d = document(gc, clientID)
    const before = d.clientID
    const updates1 = []
    const updates2 = []
    d.on('update', u => updates1.push(b64(u)))
    d.on('updateV2', u => updates2.push(b64(u)))
    const status = inputs.map(u => {
      try {
        applied(d, u, v)
        return true
      } catch (e) {
        return false
      }
    })
    return utf8({ status, clientIDChanged: d.clientID !== before, updates1, updates2, ...summary(d) })
  },
  'to-json': (inputs, options) => utf8(dump(loaded(inputs, options))),
  'encode-diff': (inputs, options) => {
    const encode = options.outV === 2 ? Y.encodeStateAsUpdateV2 : Y.encodeStateAsUpdate
    return encode(loaded(inputs.slice(0, -1), options), inputs.at(-1))
  },
  'parse-meta': ([u], { v }) => {
    const { from, to } = (v === 2 ? Y.parseUpdateMetaV2 : Y.parseUpdateMeta)(u)
    return utf8({ from: sorted(from), to: sorted(to) })
  },
  contains: ([snapshot, u], { v }) => utf8({
    contains: Y.snapshotContainsUpdate(Y.decodeSnapshot(snapshot), v === 2 ? Y.convertUpdateFormatV2ToV1(u) : u)
  }),
  'snapshot-restore': ([bin, ...inputs], { v, clientID }) => {
    const d = loaded(inputs, { v, gc: false, clientID })
    const snapshot = Y.decodeSnapshot(bin)
    const restored = Y.createDocFromSnapshot(d, snapshot, document(false, 999))
    return utf8({
      v1: b64(Y.encodeStateAsUpdate(restored)),
      json: dump(restored),
      delta: tagDelta(d.getText('text').toDelta(snapshot))
    })
  },
  script: ([told]) => utf8(script(parse(told))),
  any: inputs => {
    const encoder = encoding.createEncoder()
    for (const input of inputs) {
      const decoder = decoding.createDecoder(input)
      while (decoding.hasContent(decoder)) encoding.writeAny(encoder, decoding.readAny(decoder))
    }
    return encoding.toUint8Array(encoder)
  },
  'sync-reply': ([message, ...inputs], options) => {
    const d = loaded(inputs, options)
    const encoder = encoding.createEncoder()
    syncProtocol.readSyncMessage(decoding.createDecoder(message), encoder, d, 'remote')
    return utf8({ reply: b64(encoding.toUint8Array(encoder)), v1: b64(Y.encodeStateAsUpdate(d)) })
  },
  awareness: ([told]) => utf8(awareness(parse(told)))
}

export const run = (op, { v = 1, outV = 1, gc = true, clientID }, inputs) => {
  if (!(op in OPERATIONS)) throw new Error('no such operation: ' + op)
  return OPERATIONS[op](inputs, { v, outV, gc, clientID })
}

// ---- main --------------------------------------------------------------------------------------

const batch = file => {
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line.trim() === '') continue
    const job = JSON.parse(line)
    try {
      fs.writeFileSync(job.out, run(job.op, job, job.in.map(name => new Uint8Array(fs.readFileSync(name)))))
    } catch (e) {
      fs.writeFileSync(job.out + '.err', String(e && e.message) + '\n')
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2)
  const flags = args.filter(a => a.startsWith('--'))
  const [op, ...files] = args.filter(a => !a.startsWith('--'))
  if (op === 'batch') files.forEach(batch)
  else {
    const options = {
      v: flags.includes('--v2') ? 2 : 1,
      outV: flags.includes('--out-v2') ? 2 : 1,
      gc: !flags.includes('--nogc')
    }
    process.stdout.write(run(op, options, files.map(name => new Uint8Array(fs.readFileSync(name)))))
  }
}
