// What the generators of random sessions share: seeded randomness, random edits of a Yjs document, tagged JSON.
import { once } from 'node:events'
import * as Y from 'yjs'

console.error = () => {}
console.warn = () => {}

export const b64 = u => Buffer.from(u).toString('base64')

// ---- randomness --------------------------------------------------------------------------------

let state = 0
export const seedWith = seed => { state = Math.imul(seed, 0x9e3779b1) }
export const rnd = () => {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
export const int = (a, b) => a + Math.floor(rnd() * (b - a + 1))
export const pick = a => a[int(0, a.length - 1)]
export const chance = p => rnd() < p
export const shuffled = a => {
  const r = [...a]
  for (let i = r.length - 1; i > 0; i--) {
    const j = int(0, i)
    ;[r[i], r[j]] = [r[j], r[i]]
  }
  return r
}

// ---- documents ---------------------------------------------------------------------------------

export const ROOTS = {
  text: d => d.getText('text'),
  array: d => d.getArray('array'),
  map: d => d.getMap('map'),
  xml: d => d.getXmlFragment('xml')
}

export const bare = (clientID, gc) => {
  const d = new Y.Doc({ gc, guid: 'g' })
  d.clientID = clientID
  return d
}
export const document = (clientID, gc) => {
  const d = bare(clientID, gc)
  Object.values(ROOTS).forEach(f => f(d))
  return d
}

const isText = t => t instanceof Y.Text // XmlText too
const isFragment = t => t instanceof Y.XmlFragment // XmlElement too
const isMap = t => t instanceof Y.Map // XmlHook too

export const childTypes = t => {
  const children = isText(t)
    ? t.toDelta().map(op => op.insert)
    : isMap(t)
      ? [...t.values()]
      : t.toArray()
  return children.filter(c => c instanceof Y.AbstractType)
}

export const liveTypes = d => {
  const found = Object.values(ROOTS).map(f => f(d))
  for (let i = 0; i < found.length && i < 60; i++) found.push(...childTypes(found[i]))
  return found
}

// ---- edits -------------------------------------------------------------------------------------

export const string = () => pick(['a', 'bc', 'hello ', '\u{1f600}', '\u00e9', 'x\u{1f600}y', '\n', 'zz'])
export const key = () => pick(['a', 'b', 'c', '1', '10'])
export const plain = () => pick([
  () => int(-5, 5), () => int(0, 2 ** 40), () => rnd(), () => -0, () => NaN, () => 0.5, () => string(), () => true,
  () => null, () => ({ k: [1, { n: null }], 2: 'two' }), () => [1, 'x', []]
])()
const attributes = () => {
  const r = {}
  for (let n = int(1, 2); n > 0; n--) {
    const name = pick(['b', 'i', 'link'])
    r[name] = pick([true, true, null, null, name === 'link' ? { href: string() } : false])
  }
  return r
}

const nested = depth => {
  const more = depth < 2
  return pick([
    () => Y.Array.from(Array.from({ length: int(0, 3) }, plain)),
    () => new Y.Map(Array.from({ length: int(0, 2) }, () => [key(), more && chance(0.3) ? nested(depth + 1) : plain()])),
    () => new Y.Text(pick(['', string()])),
    () => xmlNode(depth)
  ])()
}
const xmlNode = depth => pick([
  () => {
    const e = new Y.XmlElement(pick(['p', 'H1', 'li']))
    if (chance(0.5)) e.setAttribute(key(), pick([string(), int(0, 9)]))
    if (depth < 3 && chance(0.6)) e.insert(0, Array.from({ length: int(1, 2) }, () => xmlNode(depth + 1)))
    return e
  },
  () => {
    const t = new Y.XmlText(pick(['', string()]))
    if (chance(0.3)) t.insert(0, string(), attributes())
    return t
  },
  () => chance(0.2) ? new Y.XmlHook('hook') : new Y.XmlText(string())
])()

// In some sessions there are many documents in the document.
let documents = 0.03
export const withDocuments = many => { documents = many ? 0.2 : 0.03 }

const value = () => {
  if (chance(documents)) {
    return new Y.Doc({ guid: 'sub' + int(0, 9), autoLoad: chance(0.5), meta: pick([null, { t: 1 }]) })
  }
  if (chance(0.2)) return nested(0)
  if (chance(0.1)) return new Uint8Array([int(0, 255), 1])
  return plain()
}

const editText = t => {
  const at = int(0, t.length)
  const some = () => int(1, Math.min(5, t.length - at))
  switch (int(0, 12)) {
    case 0: case 1: case 2: t.insert(at, string()); break
    case 3: t.insert(t.length, string()); break
    case 4: t.insert(at, string(), pick([attributes(), {}])); break
    case 5: case 6: if (at < t.length) t.delete(at, some()); break
    case 7: case 8: case 9: if (at < t.length) t.format(at, some(), attributes()); break
    case 10: t.insertEmbed(at, chance(0.7) ? { image: string() } : nested(1), pick([{}, attributes()])); break
    case 11:
      if (chance(0.5)) t.setAttribute(key(), plain())
      else t.removeAttribute(key())
      break
    default: {
      const delta = []
      if (at > 0) delta.push({ retain: at, ...(chance(0.4) ? { attributes: attributes() } : {}) })
      if (chance(0.5)) delta.push({ insert: string(), ...(chance(0.5) ? { attributes: attributes() } : {}) })
      if (at < t.length) delta.push(chance(0.5) ? { delete: some() } : { retain: some(), attributes: attributes() })
      t.applyDelta(delta)
    }
  }
}

const editList = (t, make) => {
  const at = int(0, t.length)
  if (chance(0.65)) t.insert(at, Array.from({ length: int(1, 3) }, make))
  else if (at < t.length) t.delete(at, int(1, Math.min(3, t.length - at)))
}

// Some sessions stay in one text, where formats of several clients meet.
let onlyText = false
export const stayInText = stay => { onlyText = stay }

export const edit = d => {
  const t = onlyText ? ROOTS.text(d) : chance(0.5) ? pick(Object.values(ROOTS))(d) : pick(liveTypes(d))
  if (isText(t)) editText(t)
  else if (isMap(t)) {
    if (chance(0.7)) t.set(key(), chance(0.1) ? pick([undefined, 7n]) : value())
    else if (chance(0.8)) t.delete(key())
    else t.clear()
  } else if (t instanceof Y.XmlElement && chance(0.4)) {
    if (chance(0.7)) t.setAttribute(key(), pick([string(), int(0, 9), null]))
    else t.removeAttribute(key())
  } else if (isFragment(t)) editList(t, () => xmlNode(0))
  else editList(t, value)
}

// ---- tagged JSON -------------------------------------------------------------------------------

const byKey = (a, b) => a[0] < b[0] ? -1 : 1
const entries = o => Object.keys(o).map(k => [k, tag(o[k])]).sort(byKey)
export const tagDelta = ops => ops.map(op => ({
  ...('insert' in op ? { insert: tag(op.insert) } : 'retain' in op ? { retain: op.retain } : { delete: op.delete }),
  ...(op.attributes ? { attributes: entries(op.attributes) } : {})
}))
const delta = t => tagDelta(t.toDelta())
// Where items are cut decides nothing about what came and went, so units are told, by id. They are looked at once: an
// observer that edits may cut the items, of which the event then has only the left parts.
const known = new WeakMap()
const units = items => {
  if (!known.has(items)) {
    known.set(items, Array.from(items).flatMap(item =>
      item.content.getContent().map((v, i) => [item.id.client, item.id.clock + i, v])))
  }
  return known.get(items).map(([client, clock, v]) => [client, clock, tag(v)])
}
export const tagEvent = e => ({
  path: e.path,
  delta: tagDelta(e.changes.delta),
  keys: [...e.changes.keys].map(([k, x]) => [k, x.action, tag(x.oldValue)]).sort(byKey),
  added: units(e.changes.added),
  deleted: units(e.changes.deleted)
})
export const tag = v => {
  if (v === undefined) return { $: 'undef' }
  if (typeof v === 'bigint') return { $: 'big', v: String(v) }
  if (typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))) {
    return { $: 'num', v: Object.is(v, -0) ? '-0' : String(v) }
  }
  if (v === null || typeof v !== 'object') return v
  if (Array.isArray(v)) return v.map(tag)
  if (v instanceof Uint8Array) return { $: 'bin', v: b64(v) }
  if (v instanceof Y.Doc) return { $: 'doc', guid: v.guid, autoLoad: v.autoLoad, meta: tag(v.meta) }
  if (isMap(v)) {
    const content = [...v.entries()].map(([k, x]) => [k, tag(x)]).sort(byKey)
    return v instanceof Y.XmlHook
      ? { $: 'type', k: 'xmlhook', name: v.hookName, v: content }
      : { $: 'type', k: 'map', v: content }
  }
  if (v instanceof Y.XmlElement) {
    return { $: 'type', k: 'xmlelement', name: v.nodeName, attrs: entries(v.getAttributes()), v: v.toArray().map(tag) }
  }
  if (isFragment(v)) return { $: 'type', k: 'xmlfragment', v: v.toArray().map(tag) }
  if (isText(v)) {
    const k = v instanceof Y.XmlText ? 'xmltext' : 'text'
    return { $: 'type', k, attrs: entries(v.getAttributes()), v: delta(v) }
  }
  if (v instanceof Y.Array) return { $: 'type', k: 'array', v: v.toArray().map(tag) }
  return { $: 'obj', v: entries(v) }
}
export const content = d => {
  const r = {}
  for (const [k, f] of Object.entries(ROOTS)) {
    const v = tag(f(d))
    if (v.v.length || (v.attrs && v.attrs.length)) r[k] = v
  }
  return { ...r, textString: ROOTS.text(d).toString(), xmlString: ROOTS.xml(d).toString() }
}

// ---- main --------------------------------------------------------------------------------------

// Runs the seeds that the command line asks for, FIRST_SEED COUNT, one line each, as fast as they are read.
export const tellAll = async run => {
  const [first, count] = process.argv.slice(2).map(Number)
  for (let seed = first; seed < first + count; seed++) {
    let line
    try {
      line = await run(seed)
    } catch (e) {
      line = { seed, error: String(e && e.stack) }
    }
    if (!process.stdout.write(JSON.stringify(line) + '\n')) await once(process.stdout, 'drain')
  }
}
