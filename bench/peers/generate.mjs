// The generated sessions of `./dev bench`: node generate.mjs FOLDER SET...
//
// Made by npm `yjs`, the same each time. A set that is there is made again only when this file is newer. The files
// are those of a recorded session: NAME.updates.v1.bin, .final.v1.bin, .final.v2.bin, .patches.bin, .formats.bin.
import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Y from 'yjs'

const [folder, ...names] = process.argv.slice(2)

/** mulberry32 */
const randomFrom = seed => {
  let a = seed
  const unit = () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = n => Math.floor(unit() * n)
  const letter = () => String.fromCharCode(97 + below(26))
  return {
    below,
    letter,
    oneOf: list => list[below(list.length)],
    word: (least, most) => {
      let word = ''
      for (let n = least + below(most - least + 1); n > 0; n--) {
        word += below(6) === 0 ? ' ' : letter()
      }
      return word
    }
  }
}

const newDoc = clientID => {
  const doc = new Y.Doc()
  doc.clientID = clientID
  return doc
}

/** Two people, each of whom sees at once what the other does. `updates` gets what they do. */
const twoPeople = updates => {
  const docs = [newDoc(1), newDoc(2)]
  docs.forEach((doc, i) => doc.on('update', (update, origin) => {
    if (origin !== 'other') {
      updates.push(update)
      Y.applyUpdate(docs[1 - i], update, 'other')
    }
  }))
  return docs
}

const sets = {
  /** One person types at the end. */
  append (random) {
    const patches = []
    for (let i = 0; i < 100_000; i++) {
      patches.push({ position: i, deleted: 0, inserted: random.letter() })
    }
    return typed(patches)
  },

  /** One person changes single characters anywhere; one in four goes. */
  random (random) {
    const patches = []
    let length = 0
    for (let i = 0; i < 80_000; i++) {
      if (length > 0 && random.below(4) === 0) {
        patches.push({ position: random.below(length--), deleted: 1, inserted: '' })
      } else {
        patches.push({ position: random.below(++length), deleted: 0, inserted: random.letter() })
      }
    }
    return typed(patches)
  },

  /** 4,000 people who have the same text make four edits each; nobody sees the others'. */
  clients (random) {
    const base = newDoc(1)
    base.getText('text').insert(0, random.word(20_000, 20_000))
    const updates = [Y.encodeStateAsUpdate(base)]
    for (let client = 0; client < 4_000; client++) {
      const doc = newDoc(1_000 + client * 1_000_003)
      Y.applyUpdate(doc, updates[0])
      doc.on('update', update => updates.push(update))
      const text = doc.getText('text')
      for (let i = 0; i < 4; i++) {
        const position = random.below(text.length - 1)
        if (i === 3) {
          text.delete(position, 1)
        } else {
          text.insert(position, random.word(1, 3))
        }
      }
    }
    return { updates }
  },

  /** Two people set keys of a map: half of the time one of a hundred, else a new one. */
  maps (random) {
    const updates = []
    const docs = twoPeople(updates)
    for (let i = 0; i < 60_000; i++) {
      const map = docs[random.below(2)].getMap('map')
      const key = random.below(2) === 0 ? 'key' + random.below(100) : 'new' + i
      if (random.below(10) === 0) {
        map.delete(key)
      } else {
        map.set(key, random.oneOf([i, random.word(3, 12), true, { x: i, y: random.word(1, 4) }]))
      }
    }
    return { updates }
  },

  /** Two people type, delete and format runs of a text. */
  rich (random) {
    const updates = []
    const docs = twoPeople(updates)
    for (let i = 0; i < 10_000; i++) {
      const text = docs[random.below(2)].getText('text')
      const position = random.below(text.length + 1)
      const what = random.below(20)
      if (what < 12 || text.length < 100) {
        text.insert(position, random.word(1, 8))
      } else if (what < 17) {
        text.format(position, Math.min(random.below(60), text.length - position), random.oneOf([
          { bold: true }, { bold: null }, { italic: true }, { italic: null }, { color: random.oneOf(['red', 'blue']) },
          { link: { href: 'https://example.org/' + random.letter() } }
        ]))
      } else {
        text.delete(position, Math.min(random.below(6), text.length - position))
      }
    }
    return { updates }
  },

  /** Two people edit the blocks of an editor's document. */
  xml (random) {
    const updates = []
    const docs = twoPeople(updates)
    for (let i = 0; i < 30_000; i++) {
      const doc = docs[random.below(2)]
      doc.transact(() => block(random, doc.getXmlFragment('xml'), 1_000))
    }
    return { updates }
  },

  /** A document of 20 MB: an editor's blocks, typed and corrected in bits, a new client id every 5,000 edits. */
  large (random) {
    const doc = newDoc(1)
    const fragment = doc.getXmlFragment('xml')
    const made = []
    // To find a block in a fragment, yjs walks it from its beginning.
    const blocks = {
      get length () { return made.length },
      get: index => made[index],
      push: elements => {
        made.push(...elements)
        fragment.push(elements)
      }
    }
    for (let i = 0, size = 0; size < 20e6; i++) {
      doc.clientID = 1_000 + Math.floor(i / 100) * 1_000_003
      doc.transact(() => {
        for (let n = 0; n < 50; n++) {
          block(random, blocks, 20_000)
        }
      })
      if (i % 1_000 === 999) {
        size = Y.encodeStateAsUpdate(doc).length
      }
    }
    return { doc }
  },

  /** A long text; then one person formats runs of it. */
  formats (random) {
    const author = newDoc(1)
    author.getText('text').insert(0, random.word(80_000, 80_000))
    const base = Y.encodeStateAsUpdate(author)
    const doc = newDoc(2)
    const text = doc.getText('text')
    Y.applyUpdate(doc, base)
    const updates = [base]
    doc.on('update', update => updates.push(update))
    const formats = []
    while (formats.length < 8_000) {
      const format = { position: random.below(79_000), length: 1 + random.below(100), kind: random.below(4) }
      text.format(format.position, format.length, [
        { bold: true }, { italic: true }, { bold: null }, { italic: null }][format.kind])
      if (updates.length > formats.length + 1) {
        formats.push(format) // it changed something
      }
    }
    return { updates, doc, base, formats }
  }
}

/** One edit among the blocks: a new one while there are fewer than `most`, else mostly some typing in one of the last. */
function block (random, blocks, most) {
  const what = random.below(20)
  if (blocks.length < 10 || (what === 0 && blocks.length < most)) {
    const heading = random.below(8) === 0
    const element = new Y.XmlElement(heading ? 'heading' : 'paragraph')
    if (heading) {
      element.setAttribute('level', 1 + random.below(3))
    }
    element.insert(0, [new Y.XmlText(random.word(5, 40))])
    blocks.push([element])
    return
  }
  const element = blocks.get(blocks.length - 1 - random.below(Math.min(blocks.length, 40)))
  const text = element.get(0)
  const position = random.below(text.length + 1)
  if (what < 14) {
    text.insert(position, random.word(3, 30))
  } else if (what < 17) {
    text.delete(position, Math.min(random.below(5), text.length - position))
  } else if (what < 19) {
    text.format(position, Math.min(random.below(30), text.length - position),
      random.oneOf([{ bold: {} }, { italic: {} }, { bold: null }, { link: { href: 'https://example.org' } }]))
  } else {
    element.setAttribute('textAlign', random.oneOf(['left', 'right', 'center']))
  }
}

/** What comes of patches, each an edit of client 1. */
function typed (patches) {
  const doc = newDoc(1)
  const updates = []
  doc.on('update', update => updates.push(update))
  const text = doc.getText('text')
  for (const { position, deleted, inserted } of patches) {
    if (deleted > 0) {
      text.delete(position, deleted)
    } else {
      text.insert(position, inserted)
    }
  }
  return { updates, patches, doc }
}

const int32 = (...numbers) => {
  const bytes = Buffer.alloc(numbers.length * 4)
  numbers.forEach((number, i) => bytes.writeInt32BE(number, i * 4))
  return bytes
}

function write (name, { updates, patches, formats, base, doc }) {
  const file = (suffix, parts) => {
    const path = join(folder, name + '.' + suffix)
    writeFileSync(path + '.new', Buffer.concat(parts))
    renameSync(path + '.new', path)
  }
  if (updates) {
    file('updates.v1.bin', [int32(updates.length), ...updates.flatMap(update => [int32(update.length), update])])
  }
  if (patches) {
    file('patches.bin', [int32(patches.length), ...patches.flatMap(patch => {
      const inserted = Buffer.from(patch.inserted)
      return [int32(patch.position, patch.deleted, inserted.length), inserted]
    })])
  }
  if (formats) {
    file('base.v1.bin', [base])
    file('formats.bin', [int32(formats.length), ...formats.map(f => int32(f.position, f.length, f.kind))])
  }
  let whole = doc
  if (!whole) {
    whole = newDoc(999)
    updates.forEach(update => Y.applyUpdate(whole, update))
  }
  file('final.v2.bin', [Y.encodeStateAsUpdateV2(whole)])
  file('final.v1.bin', [Y.encodeStateAsUpdate(whole)])
}

const changed = file => {
  try {
    return statSync(file).mtimeMs
  } catch {
    return -1
  }
}

mkdirSync(folder, { recursive: true })
for (const name of names) {
  if (changed(join(folder, name + '.final.v1.bin')) < changed(new URL(import.meta.url))) {
    console.error('making the session ' + name)
    write(name, sets[name](randomFrom(4711)))
  }
}
