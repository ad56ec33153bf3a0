// What worker.mjs needs, in the words of npm `ywasm`: yrs, the engine in Rust, as WebAssembly.
import Y from 'ywasm'

/** Works that cannot be asked of it. */
export const lacks = ['state-vector-of', 'diff-update', 'merge']

export const newDoc = clientID => new Y.YDoc(clientID === undefined ? {} : { clientID })
export const free = doc => doc.free()
/** The transaction that comes with an update must be given back: many that are not make everything slow. */
export const onUpdate = (doc, v, listener) => {
  const heard = (update, transaction) => {
    listener(update)
    transaction.free()
  }
  return v === 1 ? doc.onUpdate(heard) : doc.onUpdateV2(heard)
}
export const apply = (doc, update, v) => (v === 1 ? Y.applyUpdate : Y.applyUpdateV2)(doc, update, null)
export const state = (doc, v, vector) => (v === 1 ? Y.encodeStateAsUpdate : Y.encodeStateAsUpdateV2)(doc, vector)
export const text = doc => doc.getText('text')
export const string = doc => doc.getText('text').toString(undefined)
export const edit = (doc, text, { position, deleted, inserted }) => {
  const transaction = doc.beginTransaction(null)
  if (deleted > 0) {
    text.delete(position, deleted, transaction)
  }
  if (inserted.length > 0) {
    text.insert(position, inserted, undefined, transaction)
  }
  transaction.commit()
  transaction.free()
}
export const format = (doc, text, position, length, attributes) =>
  text.format(position, length, attributes, undefined)
/** Its memory never shrinks, so between two looks it tells what came to be held, and what loading needed besides. */
export const heap = () => Y.__wasm.memory.buffer.byteLength
