/** A mail server as a test needs one: SMTP (RFC 5321) with STARTTLS, TLS from the start, AUTH PLAIN and LOGIN, and answers that a test may change. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type SecureContext, TLSSocket } from 'node:tls'

export type Taken = { from: string; to: string[]; data: string; secure: boolean; user: string | null }
export type MailServer = AsyncDisposable & {
  port: number
  taken: Taken[]
  /** What it says instead of yes, by the verb of the command (`RCPT`, `AUTH`, `DATA` is of the end of the data). */
  answers: Map<string, string>
}

export type MailServerOptions = {
  security: 'tls' | 'starttls' | 'none'
  context?: SecureContext
  login?: { user: string; password: string }
}

export async function openMailServer({ security, context, login }: MailServerOptions): Promise<MailServer> {
  const taken: Taken[] = []
  const answers = new Map<string, string>()
  const sockets = new Set<Socket>()
  const talk = (plain: Socket, secureFromStart: boolean) => {
    let socket = plain
    let secure = secureFromStart
    let user: string | null = null
    let from = ''
    let to: string[] = []
    let text = ''
    let inData = false
    let asked: 'PLAIN' | 'user' | 'password' | null = null
    let named = ''
    const say = (line: string) => void socket.write(`${line}\r\n`)
    const judge = (name: string, password: string) => {
      const said = answers.get('AUTH')
      if (said !== undefined) return say(said)
      if (login === undefined || name !== login.user || password !== login.password)
        return say('535 5.7.8 no such user')
      user = name
      say('235 2.7.0 welcome')
    }
    const command = (line: string): void => {
      const decoded = () => Buffer.from(line, 'base64').toString('utf8')
      if (asked === 'PLAIN') {
        asked = null
        const [, name = '', password = ''] = decoded().split('\0')
        return judge(name, password)
      }
      if (asked === 'user') {
        named = decoded()
        asked = 'password'
        return say('334 UGFzc3dvcmQ6')
      }
      if (asked === 'password') {
        asked = null
        return judge(named, decoded())
      }
      const verb = line.split(/[ :]/)[0]!.toUpperCase()
      const said = answers.get(verb)
      if (said !== undefined && verb !== 'DATA' && verb !== 'AUTH') return say(said)
      switch (verb) {
        case 'EHLO': {
          const offers = ['mail.test', ...(security === 'starttls' && !secure ? ['STARTTLS'] : [])]
          if (login !== undefined && (secure || security === 'none')) offers.push('AUTH PLAIN LOGIN')
          return say(offers.map((each, at) => `250${at === offers.length - 1 ? ' ' : '-'}${each}`).join('\r\n'))
        }
        case 'STARTTLS': {
          say('220 go ahead')
          plain.removeAllListeners('data')
          socket = new TLSSocket(plain, {
            isServer: true,
            ...(context === undefined ? {} : { secureContext: context }),
          })
          socket.on('error', () => plain.destroy())
          secure = true
          return listen()
        }
        case 'AUTH': {
          const [, how = '', first] = line.split(' ')
          if (how.toUpperCase() === 'LOGIN') {
            asked = 'user'
            return say('334 VXNlcm5hbWU6')
          }
          asked = 'PLAIN'
          return first === undefined ? say('334 ') : command(first)
        }
        case 'MAIL':
          from = /<([^>]*)>/.exec(line)?.[1] ?? ''
          to = []
          return say('250 ok')
        case 'RCPT':
          to.push(/<([^>]*)>/.exec(line)?.[1] ?? '')
          return say('250 ok')
        case 'DATA':
          inData = true
          text = ''
          return say('354 go on')
        case 'QUIT':
          say('221 bye')
          return void socket.end()
        default:
          return say('250 ok')
      }
    }
    let pending = ''
    const read = (chunk: Buffer) => {
      pending += chunk.toString('utf8')
      for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
        const line = pending.slice(0, end)
        pending = pending.slice(end + 2)
        if (!inData) command(line)
        else if (line !== '.') text += `${line.startsWith('..') ? line.slice(1) : line}\r\n`
        else {
          inData = false
          const said = answers.get('DATA')
          if (said === undefined) taken.push({ from, to, data: text, secure, user })
          say(said ?? `250 2.0.0 queued as ${taken.length}`)
        }
      }
    }
    const listen = () => void socket.on('data', read)
    listen()
    say('220 mail.test ESMTP')
  }
  const met = (secure: boolean) => (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    talk(socket, secure)
  }
  const server: Server =
    security === 'tls'
      ? createTlsServer(
          { ...(context === undefined ? {} : { SNICallback: (_, answer) => answer(null, context) }) },
          met(true),
        )
      : createServer(met(false))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    taken,
    answers,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
