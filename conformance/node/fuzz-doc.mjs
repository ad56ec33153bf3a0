// Random jobs for the `doc` command and what npm yjs makes of them, for another implementation to be compared with.
// The same seed always gives the same line.
//
// usage: node fuzz-doc.mjs FIRST_SEED COUNT
// One line of JSON for each seed: { seed, jobs: [{ op, v, outV, gc, clientID, in: [base64…], out: base64 or null }] };
// `out` is null when the job fails. Some seeds have a script, some a script of awareness, some the other operations.
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { Script, b64, bytes, make, run } from './doc-peer.mjs'
import { chance, int, key, pick, seedWith, shuffled, tellAll } from './sessions.mjs'

const times = (n, f) => Array.from({ length: n }, f)

// ---- values ------------------------------------------------------------------------------------

const string = () => pick(['a', 'bc', 'hello ', '\u{1f600}', '\u00e9', 'x\u{1f600}y', '\n', 'z\n', ''])
// Sometimes half a pair of surrogates.
const told = s => chance(0.04) ? { $: 'u16', v: pick([[0xd83d], [0xde00], [97, 0xd83d], [0xde00, 98]]) } : s
const plain = () => pick([
  () => int(-5, 5), () => int(0, 2 ** 40), () => int(0, 1e6) / 1024, () => 0.1, () => ({ $: 'num', v: '-0' }), () => told(string()),
  () => ({ $: 'num', v: pick(['NaN', 'Infinity', '-Infinity']) }), () => true, () => null, () => [1, 'x', []],
  () => ({ $: 'obj', v: [['k', [1, { $: 'obj', v: [['n', null]] }]], ['2', 'two'], ['10', { $: 'undef' }]] })
])()
const document = () => ({
  $: 'doc',
  guid: 'sub' + int(0, 9),
  ...(chance(0.5) ? { autoLoad: chance(0.7) } : {}),
  ...(chance(0.5) ? { meta: pick([null, { $: 'obj', v: [['t', 1]] }]) } : {}),
  ...(chance(0.2) ? { gc: false } : {})
})
// Compared by identity, by identity below the surface, or not even equal to themselves.
const ODD_MARKS = [
  0, '', 1.5, [1], [[1]], { $: 'obj', v: [] }, { $: 'obj', v: [['a', [1]]] }, { $: 'obj', v: [['a', { $: 'obj', v: [] }]] },
  { $: 'num', v: 'NaN' }, { $: 'num', v: '-0' }, { $: 'bin', v: 'Bw==' }, { $: 'u16', v: [0xd83d] }
]
const attributes = () => [...new Set([pick(['b', 'i', '7']), pick(['b', 'link'])])]
  .map(k => [k, chance(0.85) ? pick([true, true, null, 'x', false, { $: 'obj', v: [['href', 'x']] }]) : pick(ODD_MARKS)])
const elementAttributes = () => chance(0.5) ? [...new Set([key(), key()])].map(k => [k, pick([told(string()), int(0, 9), null])]) : []
const node = depth => pick([
  () => ({
    $: 'type',
    k: 'xmlelement',
    name: pick(['p', 'H1', 'li']),
    attrs: elementAttributes(),
    v: depth < 3 ? times(int(0, 2), () => node(depth + 1)) : []
  }),
  () => ({ $: 'type', k: 'xmltext', v: told(string()), attrs: elementAttributes() }),
  () => ({ $: 'type', k: 'xmltext', v: told(string()), attrs: elementAttributes() }),
  () => chance(0.3) ? { $: 'type', k: 'xmlhook', name: 'hook', v: [[key(), plain()]] } : { $: 'type', k: 'xmltext' }
])()
const type = depth => pick([
  () => ({ $: 'type', k: 'array', v: times(int(0, 3), () => value(depth + 1)) }),
  () => ({ $: 'type', k: 'map', v: times(int(0, 2), () => [key(), value(depth + 1)]) }),
  () => ({ $: 'type', k: 'text', v: told(string()), attrs: elementAttributes() }),
  () => ({ $: 'type', k: 'xmlfragment', v: times(int(0, 2), () => node(depth + 1)) }),
  () => node(depth)
])()
const value = depth => {
  if (chance(0.02)) return document()
  if (depth < 2 && chance(0.25)) return type(depth)
  return chance(0.1) ? { $: 'bin', v: pick(['', 'B/8=']) } : plain()
}

// ---- edits -------------------------------------------------------------------------------------

const childTypes = t => {
  if (t instanceof Y.Text) return t.toDelta().map(op => op.insert).filter(x => x instanceof Y.AbstractType).map((c, i) => [i, c])
  if (t instanceof Y.Map) return [...t.entries()].filter(([, c]) => c instanceof Y.AbstractType)
  return t.toArray().map((c, i) => [i, c]).filter(([, c]) => c instanceof Y.AbstractType)
}
const places = d => {
  const found = [...d.share].map(([name, t]) => ({ path: [name], t }))
  for (let i = 0; i < found.length && i < 60; i++) {
    for (const [step, t] of childTypes(found[i].t)) found.push({ path: [...found[i].path, step], t })
  }
  return found
}
let onlyText = false
const place = d => {
  if (onlyText) return { path: ['text'], t: d.getText('text') }
  return pick(chance(0.5) ? places(d).filter(p => p.path.length === 1) : places(d))
}

// Mostly what is there, sometimes more.
const beyond = () => chance(0.03) ? int(1, 4) : 0
const index = t => int(0, t.length) + beyond()
const range = t => {
  const i = int(0, Math.max(t.length - 1, 0)) + beyond()
  return { i, n: int(chance(0.05) ? 0 : 1, Math.max(1, Math.min(5, t.length - i))) + beyond() }
}
const delta = length => {
  const ops = []
  let rest = length
  for (let k = int(1, 4); k > 0; k--) {
    const units = int(1, 5)
    const more = chance(0.5) ? { attributes: attributes() } : {}
    if (chance(0.4)) ops.push({ insert: chance(0.8) ? told(string()) : pick([{ $: 'obj', v: [['image', 'x']] }, type(1)]), ...more })
    else if (chance(0.6)) {
      ops.push({ retain: units, ...more })
      rest -= units
    } else {
      ops.push({ delete: chance(0.1) ? units : Math.max(1, Math.min(units, rest)) })
      rest -= units
    }
  }
  return ops
}
const maybeAttributes = () => chance(0.5) ? { attrs: chance(0.2) ? [] : attributes() } : {}
const inText = t => pick([
  () => ({ op: 'tinsert', i: index(t), str: told(string()), ...maybeAttributes() }),
  () => ({ op: 'tinsert', i: index(t), str: told(string()) }),
  () => ({ op: 'tinsert', i: t.length, str: told(string()) }),
  () => ({ op: 'tinsert', i: index(t), str: told(string()), attrs: attributes() }),
  () => ({ op: 'tformat', ...range(t), attrs: attributes() }),
  () => ({ op: 'tformat', ...range(t), attrs: attributes() }),
  () => ({ op: 'tdelete', ...range(t) }),
  () => ({ op: 'tdelete', ...range(t) }),
  () => ({
    op: 'tembed', i: index(t), v: pick([type(1), { $: 'obj', v: [['image', 'x']] }, 7, true, [1], 'ab', { $: 'bin', v: 'Bw==' }]), ...maybeAttributes()
  }),
  () => ({ op: 'tdelta', delta: delta(t.length), ...(chance(0.5) ? { sanitize: chance(0.5) } : {}) }),
  () => inAttributes()
])()
const inAttributes = () => chance(0.7)
  ? { op: 'aset', k: key(), v: pick([told(string()), int(0, 9), null, plain(), pick([{ $: 'bin', v: 'Bw==' }, { $: 'undef' }, { $: 'big', v: '7' }])]) }
  : { op: 'adel', k: key() }
const inList = (t, one) => pick([
  () => ({ op: 'linsert', i: index(t), v: times(int(0, 3), one) }),
  () => ({ op: 'linsert', i: index(t), v: times(int(1, 3), one) }),
  () => ({ op: 'lpush', v: times(int(1, 3), one) }),
  () => ({ op: 'ldelete', ...listRange(t) })
])()
// Nothing that throws halfway: after that Yjs may find the wrong place in a list, because its search markers are off.
const listRange = t => {
  const { i, n } = range(t)
  return { i, n: Math.max(0, Math.min(n, t.length - i)) }
}
const refused = t => pick([
  () => ({ op: 'linsert', i: index(t), v: [...times(int(0, 3), () => value(0)), pick([{ $: 'undef' }, { $: 'big', v: '7' }]), 1] }),
  () => ({ op: 'ldelete', i: index(t), n: t.length + 1 })
])()
const inMap = () => pick([
  () => ({ op: 'mset', k: key(), v: value(0) }),
  () => ({ op: 'mset', k: key(), v: value(0) }),
  () => ({ op: 'mset', k: key(), v: pick([{ $: 'undef' }, { $: 'big', v: pick(['7', '-9223372036854775808']) }, type(0)]) }),
  () => ({ op: 'mdel', k: key() }),
  () => ({ op: chance(0.3) ? 'mclear' : 'mdel', k: key() })
])()

const edit = d => {
  const { path, t } = place(d)
  if (chance(0.01)) return { path: [...path, pick([99, 'nowhere'])], op: 'tinsert', i: 0, str: 'a' }
  if (t instanceof Y.Text) return { path, ...inText(t) }
  if (t instanceof Y.Map) return { path, ...inMap() }
  if (t instanceof Y.XmlElement && chance(0.4)) return { path, ...inAttributes() }
  if (t instanceof Y.XmlFragment) return { path, ...inList(t, () => node(0)) }
  return { path, ...inList(t, () => value(0)) }
}

// ---- scripts -----------------------------------------------------------------------------------

const toldScript = () => {
  const clientIDs = shuffled([int(1, 9), int(10, 200), 2 ** 32 + int(0, 9), int(2 ** 31, 2 ** 32 - 1), 0])
  const script = {
    docs: times(int(1, 3), (_, i) => ({ clientID: clientIDs[i], gc: chance(0.7) })),
    observe: chance(0.5),
    trace: chance(0.3),
    steps: []
  }
  onlyText = chance(0.25)
  const live = new Script(script)
  const count = script.docs.length
  const d = () => int(0, count - 1)
  const other = i => (i + int(1, count - 1)) % count
  const undoable = new Set()
  const step = () => {
    const i = d()
    const doc = live.docs[i]
    if (count > 1 && chance(0.25)) {
      const from = other(i)
      const kind = pick(['sync', 'sync2', 'deliver', 'deliver2'])
      if (kind.startsWith('sync')) return { step: kind, from, to: i }
      const { length } = live.docs[from].updates1
      // The newest ones, so that not all wait for something.
      return { step: kind, from, to: i, n: chance(0.5) ? Math.max(0, length - int(1, 3)) : int(0, length) }
    }
    if (chance(0.06) && !undoable.has(i)) {
      undoable.add(i)
      return {
        step: 'um',
        d: i,
        paths: chance(0.5) ? [...doc.d.share.keys()].map(name => [name]) : times(int(1, 2), () => place(doc.d).path),
        ...(chance(0.7) ? { captureTimeout: pick([0, 0, 500, 1e9]) } : {}),
        ...(chance(0.3) ? { ignoreRemoteMapChanges: chance(0.6) } : {}),
        ...(chance(0.5) ? { origins: pick([[], ['mine'], ['mine', 'remote']]) } : {})
      }
    }
    if (chance(undoable.has(i) ? 0.3 : 0.01)) {
      return { step: pick(['undo', 'undo', 'undo', 'redo', 'redo', 'stop', chance(0.2) ? 'clear' : 'undo']), d: i }
    }
    if (chance(0.05)) return { step: 'snap', d: i }
    if (chance(0.06)) {
      const { path, t } = place(doc.d)
      return { step: 'relpos', d: i, path, i: int(0, t.length ?? 0) + beyond(), ...(chance(0.7) ? { assoc: pick([0, -1, -1, 1]) } : {}) }
    }
    if (chance(0.25)) {
      // Told one after the other, so the later ones may find less than they expect.
      const ops = times(int(0, 3), () => edit(doc.d))
      return { step: 'tx', d: i, ops, ...(chance(0.6) ? { origin: pick(['mine', 'yours', null]) } : {}) }
    }
    return { step: 'op', d: i, ...edit(doc.d) }
  }
  for (let n = int(3, 40); n > 0; n--) {
    const next = step()
    script.steps.push(next)
    live.step(next)
  }
  if (chance(0.1)) {
    const i = d()
    const last = { step: 'op', d: i, path: ['arr'], ...refused(live.docs[i].d.getArray('arr')) }
    script.steps.push(last)
    live.step(last)
  }
  return { script, live }
}

// ---- awareness ---------------------------------------------------------------------------------

const state = () => pick([
  () => null, () => ({}), () => ({ user: { name: string(), n: pick([1.5, 0, -1]) } }), () => ({ cursor: null, 2: [1, 'x'] }),
  () => ({ b: 1, a: { d: [], c: 1 } }), () => ({ a: { c: 1, d: [] }, b: 1 }), () => chance(0.3) ? pick([0, '', false, 7, 'ab', [1]]) : {}
])()
const told8 = o => b64(Buffer.from(JSON.stringify(o), 'utf8'))

const toldAwareness = () => {
  const clientID = pick([5, 2 ** 32 + 1])
  const others = [6, 7, 2 ** 40]
  const anybody = () => pick([clientID, ...others])
  // An update of several clients, as another one would write it or would not.
  const update = () => {
    const parts = []
    const uint = n => {
      while (n > 127) {
        parts.push(n % 128 | 128)
        n = Math.floor(n / 128)
      }
      parts.push(n)
    }
    const count = int(0, 3)
    uint(count)
    for (let k = 0; k < count; k++) {
      uint(anybody())
      uint(int(0, 6))
      const json = Buffer.from(chance(0.1) ? ' { "x" : 1.0 } ' : JSON.stringify(state()), 'utf8')
      uint(json.length)
      parts.push(...json)
    }
    return b64(new Uint8Array(parts))
  }
  const damaged = () => pick(['', 'AQ==', b64(new Uint8Array([1, 6, 9, 1, 123]))])
  const step = () => pick([
    () => ({ set: state() }), () => ({ set: state() }), () => ({ field: pick(['a', 'cursor', '3']), value: pick([1, null, 'x']) }),
    () => ({ apply: update() }), () => ({ apply: update() }), () => ({ apply: update() }),
    () => ({ remove: times(int(0, 2), anybody) }), () => ({ encode: times(int(0, 3), anybody) }), () => ({ modify: update() }),
    () => chance(0.3) ? { [pick(['apply', 'modify'])]: damaged() } : { encode: [clientID] }
  ])()
  return { clientID, steps: times(int(1, 25), step) }
}

// ---- the other operations ----------------------------------------------------------------------

const EMPTY = { 1: [0, 0], 2: [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] }
const toolJobs = () => {
  const { live } = toldScript()
  const d = pick(live.docs)
  const v = pick([1, 2])
  const updates = [new Uint8Array(EMPTY[v]), ...live.docs.flatMap(doc => v === 1 ? doc.updates1 : doc.updates2)]
  const some = () => shuffled(updates).slice(0, int(1, 6))
  const encode = v === 1 ? Y.encodeStateAsUpdate : Y.encodeStateAsUpdateV2
  const merged = () => pick([() => encode(d.d), () => (v === 1 ? Y.mergeUpdates : Y.mergeUpdatesV2)(some())])()
  const vector = () => Y.encodeStateVector(new Map(
    live.docs.filter(() => chance(0.7)).map(doc => [doc.d.clientID, int(0, Y.getState(doc.d.store, doc.d.clientID))])
  ))
  const options = { v, gc: chance(0.7), clientID: 77, outV: pick([1, 2]) }
  const jobs = [
    ['merge', some()], ['merge', []], ['diff', [merged(), vector()]], ['state-vector', [merged()]], ['apply', shuffled(updates)],
    ['apply', some()], ['to-json', some()], ['encode-diff', [...some(), vector()]], ['parse-meta', [merged()]]
  ]
  jobs.push([v === 1 ? 'convert-v1-v2' : 'convert-v2-v1', [merged()]])
  jobs.push(['contains', [Y.encodeSnapshot(pick(live.docs.flatMap(doc => [Y.snapshot(doc.d), ...doc.snapshots.map(s => s[0])]))), pick(updates)]])
  const keeping = live.docs.filter(doc => !doc.d.gc && doc.snapshots.length > 0)
  if (keeping.length > 0) {
    const kept = pick(keeping)
    jobs.push(['snapshot-restore', [Y.encodeSnapshot(pick(kept.snapshots)[0]), encode(kept.d)]])
  }
  jobs.push(['any', times(int(0, 2), () => anyBytes(times(int(0, 4), () => make(plain()))))])
  const syncs = [
    [0, vector()], [1, Y.encodeStateAsUpdate(pick(live.docs).d)], [2, Y.encodeStateAsUpdate(pick(live.docs).d)], [9, vector()]
  ]
  const [kind, body] = pick(syncs)
  jobs.push(['sync-reply', [new Uint8Array([kind, ...varUint(body.length), ...body]), ...some()]])
  jobs.push(['nothing', []])
  return jobs.map(([op, inputs]) => ({ op, ...options, in: inputs }))
}
const varUint = n => n < 128 ? [n] : [n % 128 | 128, ...varUint(Math.floor(n / 128))]
const anyBytes = values => {
  const encoder = encoding.createEncoder()
  values.forEach(v => encoding.writeAny(encoder, v))
  return encoding.toUint8Array(encoder)
}

// ---- main --------------------------------------------------------------------------------------

const jobsOf = () => {
  if (chance(0.15)) return [{ op: 'awareness', in: [bytes(told8(toldAwareness()))] }]
  if (chance(0.2)) return toolJobs()
  return [{ op: 'script', in: [bytes(told8(toldScript().script))] }]
}
const outcome = job => {
  try {
    return b64(run(job.op, job, job.in))
  } catch (e) {
    return null
  }
}
const seeded = seed => {
  seedWith(seed)
  return { seed, jobs: jobsOf().map(job => ({ ...job, in: job.in.map(b64), out: outcome(job) })) }
}

await tellAll(seeded)
