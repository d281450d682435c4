import type { Socket } from 'node:net'

/** An AMQP frame without content: a heartbeat. */
const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0])

/** Opens AMQP proper, after the header and frames of SASL. */
const AMQP_HEADER = Buffer.from('AMQP\0')

/**
 * The client writes small frames with Nagle's algorithm on: a second one waits until the first is acknowledged, which the
 * kernel puts off by 40 ms unless something goes back. So something does: a session is accepted in 5 ms instead of 100.
 */
export function acknowledgeAtOnce(socket: Socket): void {
  let open = false
  socket.on('data', (bytes: Buffer) => {
    if (!open) {
      open = bytes.includes(AMQP_HEADER)
      return
    }
    const before = socket.bytesWritten
    setImmediate(() => {
      if (socket.writable && socket.bytesWritten === before) socket.write(EMPTY_FRAME)
    })
  })
}
