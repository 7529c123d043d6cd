/**
 * XML of a workbook as it comes: elements without their prefixes and the text in them. A document type is refused (its entities could name other
 * files or grow without end), and so is an element that never ends; a long text comes in pieces (sax bounds its own buffers).
 */
import { StringDecoder } from 'node:string_decoder'
import sax from 'sax'

export class XmlError extends Error {
  override name = 'XmlError'
}

export type XmlHandler = {
  open(name: string, attributes: Record<string, string>): void
  text?(text: string): void
  close?(name: string): void
}

const depthMax = 64
/** Between two events; more is a name or an attribute without end. */
const silentCharsMax = 1_000_000

/** After each piece that was read the caller has its turn. Throws XmlError. */
export async function* readXml(bytes: AsyncIterable<Uint8Array>, handler: XmlHandler): AsyncGenerator<void> {
  const parser = sax.parser(true, { position: false })
  const decoder = new StringDecoder('utf8')
  let depth = 0
  let silent = 0
  const local = (name: string) => name.slice(name.indexOf(':') + 1)
  parser.onerror = error => {
    throw new XmlError(error.message.split('\n')[0]!.slice(0, 200))
  }
  parser.ondoctype = () => {
    throw new XmlError('it has a document type')
  }
  parser.onopentag = ({ name, attributes }) => {
    silent = 0
    if (++depth > depthMax) throw new XmlError(`elements stand in each other more than ${depthMax} deep`)
    handler.open(local(name), attributes as Record<string, string>)
  }
  parser.ontext = text => {
    silent = 0
    handler.text?.(text)
  }
  parser.oncdata = parser.ontext
  parser.onclosetag = name => {
    silent = 0
    depth--
    handler.close?.(local(name))
  }
  for await (const chunk of bytes) {
    silent += chunk.length
    if (silent > silentCharsMax) throw new XmlError('it has an element without end')
    parser.write(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)))
    yield
  }
  parser.write(decoder.end()).close()
}
