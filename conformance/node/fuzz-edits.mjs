// Random edits of one Yjs client, between which it receives those of another, told so that another implementation can
// make the same edits and be compared. The same seed always gives the same line.
//
// usage: node fuzz-edits.mjs FIRST_SEED COUNT
// One line of JSON for each seed: { seed, gc, keep, clientID, observed, direct, echo, steps, state, sv, content, json }; with
// `keep`, items with a clock divisible by three are not collected. A step is
// { apply: update } or { edits: [{ path, op, ... }], together } (one transaction or not). An edit may also be
// { document, op }: one of the documents in the document is loaded, destroyed, or gets a document itself. It has `emitted` and `emitted2`, the update
// events that Yjs made of it in format 1 and 2; `subdocs`, the documents in the document after it, as [guid, shouldLoad,
// clientID]; and `events`: what listeners to the documents in the document heard and, if the session is observed, the
// observers of the roots in `direct`, the deep observers of all roots and the listeners to transactions (observing a
// text may change it, so some sessions are not observed).
// Other updates are of format 1; all bytes are base64, values are tagged JSON. A path is a root name and then keys of
// maps and, in lists and texts, how many types stand before.
//
// In some sessions (`people`) it is kept who wrote and deleted what; then a step may be { user }, who edits from now on,
// and at the end `who` has for each client { client, user, deletedBy }, the latter for each clock.
//
// In some sessions an undo manager listens, `undo` says how: { roots (null: the whole document), captureTimeout,
// ignoreRemoteMapChanges }; then a
// step may be { command } and every step has `stacks`, how many steps can be undone and redone. `marks` are set before
// a step: { position: { path, index, assoc, bytes } } or { snapshot, snapshot2 }. At the end, `resolved` has the index
// of each position (or null), first with undone deletions followed and then without, and `shown` of each snapshot { restored, delta }, the delta against the one before it.
import * as Y from 'yjs'
import * as sessions from './sessions.mjs'
import {
  ROOTS, b64, chance, childTypes, content, document, edit, int, key, liveTypes, pick, plain, seedWith, stayInText, tag, tagDelta,
  tagEvent, tellAll, withDocuments
} from './sessions.mjs'

// Sometimes half a pair of surrogates.
const string = () => chance(0.05) ? pick(['\ud83d', '\ude00', 'a\ud83d']) : sessions.string()

const isText = t => t instanceof Y.Text

// ---- values that are told before they are made ---------------------------------------------------

const tell = depth => {
  const kind = pick(['array', 'map', 'text', 'xmlelement', 'xmltext'])
  switch (kind) {
    case 'array': return { $: 'type', k: kind, v: Array.from({ length: int(0, 3) }, () => tellValue(depth + 1)) }
    case 'map': return { $: 'type', k: kind, v: [...new Set([key(), key()])].map(k => [k, tellValue(depth + 1)]) }
    default: return tellNode(kind, depth)
  }
}
const tellNode = (kind, depth) => kind === 'xmlelement'
  ? {
      $: 'type',
      k: kind,
      name: pick(['p', 'H1', 'li']),
      attrs: chance(0.5) ? [[key(), tag(pick([string(), int(0, 9)]))]] : [],
      v: depth < 3 ? Array.from({ length: int(0, 2) }, () => tellNode(pick(['xmlelement', 'xmltext']), depth + 1)) : []
    }
  : { $: 'type', k: kind, v: pick(['', string()]) }
let manyDocuments = false
const tellDocument = () => ({
  $: 'doc',
  guid: 'sub' + int(0, 9),
  gc: chance(0.8),
  autoLoad: chance(0.4),
  shouldLoad: chance(0.7),
  meta: pick([null, { $: 'obj', v: [['t', 1]] }])
})
const tellValue = depth => {
  if (manyDocuments && chance(0.2)) return tellDocument()
  return depth < 2 && chance(0.25) ? tell(depth) : tag(chance(0.1) ? new Uint8Array([7, 255]) : plain())
}

const make = told => {
  if (told === null || typeof told !== 'object') return told
  if (Array.isArray(told)) return told.map(make)
  switch (told.$) {
    case 'num': return Number(told.v)
    case 'bin': return new Uint8Array(Buffer.from(told.v, 'base64'))
    case 'doc': return new Y.Doc({ ...told, meta: make(told.meta) })
    case 'obj': return Object.fromEntries(told.v.map(([k, v]) => [k, make(v)]))
  }
  switch (told.k) {
    case 'array': return Y.Array.from(told.v.map(make))
    case 'map': return new Y.Map(told.v.map(([k, v]) => [k, make(v)]))
    case 'text': return new Y.Text(told.v)
    case 'xmltext': return new Y.XmlText(told.v)
    case 'xmlelement': {
      const e = new Y.XmlElement(told.name)
      told.attrs.forEach(([k, v]) => e.setAttribute(k, make(v)))
      e.insert(0, told.v.map(make))
      return e
    }
  }
}

// ---- edits ---------------------------------------------------------------------------------------

const tellAttributes = () => Array.from(
  new Set([pick(['b', 'i']), pick(['b', 'link'])]),
  k => [k, pick([true, true, null, 'x', { $: 'obj', v: [['href', 'x']] }])]
)
const TEXTS = [
  t => ({ op: 'insert', at: int(0, t.length), text: string() }),
  t => ({ op: 'insert', at: int(0, t.length), text: string() }),
  t => ({ op: 'insert', at: t.length, text: string() }),
  t => ({ op: 'insert', at: int(0, t.length), text: string(), attributes: tellAttributes() }),
  t => ({ op: 'format', at: int(0, t.length), count: int(0, 6), attributes: tellAttributes() }),
  t => ({ op: 'format', at: int(0, t.length), count: int(0, 6), attributes: tellAttributes() }),
  t => ({
    op: 'embed',
    at: int(0, t.length),
    value: chance(0.6) ? { $: 'obj', v: [['image', string()]] } : tell(1),
    attributes: chance(0.5) ? tellAttributes() : []
  }),
  t => pick(ATTRIBUTES)(),
  t => ({
    op: 'runs',
    at: int(0, t.length),
    runs: Array.from({ length: int(1, 3) }, () => ({ text: string(), attributes: chance(0.6) ? tellAttributes() : [] }))
  }),
  t => ({ op: 'delta', sanitize: chance(0.5), delta: tellDelta(t.length) }),
  t => t.length > 0 ? { op: 'delete', ...range(t) } : null
]
// Steps through a text that may end beyond it, but delete only what is there.
const tellDelta = length => {
  const delta = []
  let rest = length
  for (let k = int(1, 4); k > 0; k--) {
    const units = int(1, 5)
    const attributes = chance(0.5) ? tellAttributes() : []
    if (chance(0.4)) delta.push({ insert: pick([string(), string(), { $: 'obj', v: [['image', 'x']] }]), attributes })
    else if (chance(0.6)) {
      delta.push({ retain: units, attributes })
      rest -= units
    } else if (rest > 0) {
      delta.push({ delete: Math.min(units, rest) })
      rest -= units
    }
  }
  return delta
}
// Copies of a type go where it can stand. Yjs fails at what holds documents, or types in texts, hooks and attributes.
const copyable = t => {
  if (t instanceof Y.AbstractType === false) return t instanceof Y.Doc === false && t !== undefined && typeof t !== 'bigint'
  if (t instanceof Y.XmlHook) return [...t.values()].every(v => v instanceof Y.AbstractType === false && copyable(v))
  if (t instanceof Y.Map) return [...t.values()].every(v => v === undefined || typeof v === 'bigint' || copyable(v))
  if (isText(t)) return childTypes(t).length === 0
  if (t instanceof Y.XmlElement && Object.values(t.getAttributes()).some(v => v instanceof Y.AbstractType)) return false
  return t.toArray().every(copyable)
}
const isNode = t => t instanceof Y.XmlElement || t instanceof Y.XmlText || t instanceof Y.XmlHook
const tellCopy = (d, t) => {
  const sources = liveTypes(d).filter(s => copyable(s) && size(s) < 100 && (t instanceof Y.XmlFragment === false || isNode(s)))
  if (sources.length === 0) return null
  const source = { source: pathOf(d, pick(sources)) }
  if (t instanceof Y.Map) return { op: 'setCopy', key: key(), ...source }
  return { op: pick(['insertCopy', 'unshiftCopy']), at: int(0, t.length), ...source }
}
const size = t => 1 + (isText(t) ? t.length : childTypes(t).reduce((sum, c) => sum + size(c), 0))

const LISTS = [
  make => t => ({ op: 'insert', at: int(0, t.length), values: make() }),
  make => t => ({ op: 'insert', at: int(0, t.length), values: make() }),
  make => () => ({ op: 'push', values: make() }),
  make => () => chance(0.4) ? { op: 'unshift', values: make() } : null,
  () => t => t.length > 0 ? { op: 'delete', ...range(t) } : null
]
const MAPS = [
  () => ({ op: 'set', key: key(), value: tellValue(0) }),
  () => ({ op: 'set', key: key(), value: tellValue(0) }),
  () => ({ op: 'remove', key: key() }),
  () => chance(0.2) ? { op: 'clear' } : null
]
const ATTRIBUTES = [
  () => ({ op: 'setAttribute', key: key(), value: pick([string(), int(0, 9), null]) }),
  () => ({ op: 'removeAttribute', key: key() })
]
const range = t => {
  const at = int(0, t.length - 1)
  return { at, count: int(1, Math.min(5, t.length - at)) }
}
const some = f => () => Array.from({ length: int(1, 3) }, f)

const choose = (d, t) => {
  if (!isText(t) && chance(0.08)) return tellCopy(d, t)
  if (isText(t)) return pick(TEXTS)(t)
  if (t instanceof Y.XmlElement && chance(0.4)) return pick(ATTRIBUTES)()
  if (t instanceof Y.XmlFragment) {
    if (chance(0.15)) {
      const children = childTypes(t)
      const values = some(() => tellNode(pick(['xmlelement', 'xmltext']), 0))()
      return { op: 'insertAfter', child: int(-1, children.length - 1), values }
    }
    return pick(LISTS)(() => [tellNode(pick(['xmlelement', 'xmltext']), 0)])(t)
  }
  if (t instanceof Y.Map) return pick(MAPS)()
  return pick(LISTS)(some(() => tellValue(0)))(t)
}

const makeAttributes = e => Object.fromEntries(e.attributes.map(([k, v]) => [k, make(v)]))

const perform = (d, t, e) => {
  const copy = () => typeAt(d, e.source).clone()
  switch (e.op) {
    case 'insertCopy': t.insert(e.at, [copy()]); break
    case 'unshiftCopy': t.unshift([copy()]); break
    case 'setCopy': t.set(e.key, copy()); break
    case 'unshift': t.unshift(e.values.map(make)); break
    case 'insertAfter': t.insertAfter(e.child < 0 ? null : childTypes(t)[e.child], e.values.map(make)); break
    case 'insert':
      if (isText(t)) {
        if (e.attributes) t.insert(e.at, e.text, makeAttributes(e))
        else t.insert(e.at, e.text)
      } else t.insert(e.at, e.values.map(make))
      break
    case 'format': t.format(e.at, e.count, makeAttributes(e)); break
    case 'embed': t.insertEmbed(e.at, make(e.value), makeAttributes(e)); break
    case 'runs':
      t.applyDelta([
        ...(e.at > 0 ? [{ retain: e.at }] : []),
        ...e.runs.map(run => ({ insert: run.text, attributes: makeAttributes(run) }))
      ])
      break
    case 'delta':
      t.applyDelta(e.delta.map(op => 'insert' in op
        ? { insert: make(op.insert), attributes: makeAttributes(op) }
        : 'retain' in op ? { retain: op.retain, attributes: makeAttributes(op) } : op), { sanitize: e.sanitize })
      break
    case 'push': t.push(e.values.map(make)); break
    case 'delete': t.delete(e.at, e.count); break
    case 'set': t.set(e.key, make(e.value)); break
    case 'remove': t.delete(e.key); break
    case 'clear': t.clear(); break
    case 'setAttribute': t.setAttribute(e.key, make(e.value)); break
    case 'removeAttribute': t.removeAttribute(e.key); break
  }
}

// From a type to its root: a key in a map, else how many types stand before it among its parent's children.
const pathOf = (d, type) => {
  const path = []
  let t = type
  while (t._item !== null) {
    const parent = t._item.parent
    path.unshift(t._item.parentSub !== null ? t._item.parentSub : childTypes(parent).indexOf(t))
    t = parent
  }
  for (const [name, root] of d.share) if (root === t) return [name, ...path]
}

// The roots as plain values, written down because the order of members counts; null when a big integer is among them.
const json = d => Object.fromEntries(Object.keys(ROOTS).map(name => {
  try {
    return [name, JSON.stringify(d.share.get(name).toJSON())]
  } catch (e) {
    return [name, null]
  }
}))

const typeAt = (d, [root, ...steps]) => steps.reduce(
  (t, step) => typeof step === 'string' ? t.get(step) : childTypes(t)[step],
  d.share.get(root)
)

// Names for users, so few that two people may take the same.
const USERS = ['ada', 'bob']
// In a timer, Yjs notes what a user deleted in an entry that somebody else has overwritten meanwhile, which fails.
process.on('uncaughtException', e => { if (!String(e.stack).includes('Timeout')) throw e })

const run = async seed => {
  seedWith(seed)
  const gc = chance(0.85)
  const observed = chance(0.5)
  const onlyText = chance(0.3) // where formats of two clients meet
  stayInText(onlyText)
  manyDocuments = !onlyText && chance(0.3)
  withDocuments(manyDocuments)
  const clientID = pick([int(1, 9), int(2 ** 31, 2 ** 32 - 1)])
  const d = document(clientID, gc)
  const keep = chance(0.2) // some of what is deleted
  if (keep) d.gcFilter = item => item.id.clock % 3 !== 0
  const other = document(pick([0, 10, 2 ** 32]), gc)
  // Who wrote and who deleted what is kept too, in the document: a third root, which is not edited by itself.
  const people = chance(0.3)
  const data = people && new Y.PermanentUserData(d)
  if (people) new Y.PermanentUserData(other).setUserMapping(other, other.clientID, pick(USERS))
  const timers = () => people && new Promise(resolve => setTimeout(resolve, 0))
  await timers()
  let emitted = []
  let emitted2 = []
  let events = []
  const direct = []
  d.on('update', u => emitted.push(b64(u)))
  d.on('updateV2', u => emitted2.push(b64(u)))
  if (observed) {
    for (const root of Object.keys(ROOTS)) {
      const type = d.share.get(root)
      if (chance(0.3)) {
        direct.push(root)
        type.observe(e => events.push({ root, event: tagEvent(e) }))
      }
      type.observeDeep(es => {
        if (es.length > 0) events.push({ root, events: es.map(tagEvent) }) // none: another observer deleted the target
      })
    }
  }
  const guids = set => Array.from(set, s => s.guid)
  const hear = parent => parent.on('subdocs', ({ loaded, added, removed }) => {
    events.push({ on: 'subdocs', of: parent.guid, loaded: guids(loaded), added: guids(added), removed: guids(removed) })
    added.forEach(s => {
      hear(s)
      s.on('destroy', () => events.push({ on: 'destroy', of: s.guid }))
    })
  })
  hear(d)
  const subdocs = () => Array.from(d.subdocs, s => [s.guid, s.shouldLoad, s.clientID])
  // An observer that edits too: what it does is a later transaction, while the first is still being committed.
  const echo = observed && chance(0.3)
  if (echo) {
    d.getArray('array').observe((e, tr) => {
      if (tr.origin === 'echo') return
      d.transact(() => {
        d.getText('text').insert(0, 'e')
        d.getMap('map').set('a', e.target.length)
        if (e.target.length > 4) e.target.delete(1, 2)
      }, 'echo')
    })
  }
  if (observed) {
    for (const on of ['beforeAllTransactions', 'afterAllTransactions']) d.on(on, () => events.push({ on }))
    for (const on of ['beforeTransaction', 'beforeObserverCalls', 'afterTransaction', 'afterTransactionCleanup']) {
      d.on(on, tr => {
        const origin = manager && tr.origin === manager ? 'undo' : tr.origin
        events.push({ on, local: tr.local, origin, changed: tr.changed.size })
      })
    }
  }
  const undo = chance(0.5)
    ? {
        roots: pick([['text'], Object.keys(ROOTS), people ? ['text'] : null]),
        captureTimeout: pick([0, 0, 1e9]),
        ignoreRemoteMapChanges: chance(0.2)
      }
    : null
  const manager = undo && new Y.UndoManager(undo.roots === null ? d : undo.roots.map(root => d.share.get(root)), undo)
  const stacks = () => manager && [manager.undoStack.length, manager.redoStack.length]
  const positions = []
  const snapshots = []
  const mark = () => {
    if (!gc && chance(0.3)) {
      const s = Y.snapshot(d)
      snapshots.push(s)
      return [{ snapshot: b64(Y.encodeSnapshot(s)), snapshot2: b64(Y.encodeSnapshotV2(s)) }]
    }
    if (chance(0.85)) return []
    const t = pick(liveTypes(d).filter(t => !(t instanceof Y.Map)))
    const [index, assoc] = [int(0, t.length), pick([0, -1])]
    const bytes = Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(t, index, assoc))
    positions.push(bytes)
    return [{ position: { path: pathOf(d, t), index, assoc, bytes: b64(bytes) } }]
  }
  const steps = []
  const one = () => {
    if (d.subdocs.size > 0 && chance(0.15)) {
      const op = pick(['load', 'load', 'destroy', 'fill'])
      const told = { document: int(0, d.subdocs.size - 1), op, guid: 'in' + int(0, 9) }
      const s = [...d.subdocs][told.document]
      if (told.op === 'fill') s.getMap('map').set('a', new Y.Doc({ guid: told.guid }))
      else s[told.op]()
      return [told]
    }
    const t = onlyText ? d.getText('text') : chance(0.5) ? pick(Object.keys(ROOTS).map(root => d.share.get(root))) : pick(liveTypes(d))
    const e = choose(d, t)
    if (e === null) return []
    const told = { path: pathOf(d, t), ...e }
    perform(d, t, e)
    return [told]
  }
  for (let n = int(3, 30); n > 0; n--) {
    emitted = []
    emitted2 = []
    events = []
    const marks = mark()
    const step = { marks, emitted, emitted2, events }
    if (people && chance(0.1)) {
      step.user = pick(USERS)
      data.setUserMapping(d, d.clientID, step.user)
    } else if (manager && chance(0.3)) {
      const command = pick(['undo', 'undo', 'undo', 'redo', 'redo', 'stopCapturing', chance(0.2) ? 'clear' : 'undo'])
      manager[command]()
      step.command = command
    } else if (chance(0.25)) {
      for (let k = int(1, 4); k > 0; k--) edit(other)
      const update = Y.encodeStateAsUpdate(other, Y.encodeStateVector(d))
      Y.applyUpdate(d, update, 'remote')
      step.apply = b64(update)
      if (chance(0.7)) Y.applyUpdate(other, Y.encodeStateAsUpdate(d, Y.encodeStateVector(other)), 'remote')
    } else {
      step.edits = []
      step.together = chance(0.3)
      if (step.together) d.transact(() => { for (let k = int(2, 4); k > 0; k--) step.edits.push(...one()) })
      else step.edits.push(...one())
    }
    await timers()
    steps.push({ ...step, subdocs: subdocs(), stacks: stacks() })
  }
  const end = { state: b64(Y.encodeStateAsUpdate(d)), sv: b64(Y.encodeStateVector(d)), content: content(d), json: json(d) }
  const who = people
    ? [...d.store.clients.keys()].map(client => {
        const [state, deletedBy] = [Y.getState(d.store, client), []]
        for (let clock = 0; clock < state; clock++) deletedBy.push(data.getUserByDeletedId(Y.createID(client, clock)))
        return { client, user: data.getUserByClientId(client), deletedBy }
      })
    : null
  events = [] // showing a snapshot is a transaction, of no step
  const resolved = [true, false].map(follow => positions.map(bytes =>
    Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), d, follow)?.index ?? null))
  const shown = snapshots.map((s, i) => {
    const restored = Y.createDocFromSnapshot(d, s, document(11, false))
    return {
      restored: b64(Y.encodeStateAsUpdate(restored)),
      delta: tagDelta(d.getText('text').toDelta(s, snapshots[i - 1]))
    }
  })
  return { seed, gc, keep, clientID, observed, direct, echo, undo, people, steps, ...end, who, resolved, shown }
}

await tellAll(run)
