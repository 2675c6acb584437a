/** A TCP proxy on loopback that can fall silent: its connections stay open, and nothing passes any more. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** What is open now stays open and mute; later connections pass. */
  readonly freeze: () => void;
  /** How many connections were taken so far. */
  readonly taken: () => number;
  readonly stop: () => Promise<void>;
}

/** Forwards to a port on loopback. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let taken = 0;
  const server = createServer((near) => {
    taken += 1;
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    freeze: () => {
      // Not paused: a paused socket would tell its peer by a full window, and be told of its end.
      for (const socket of open) {
        socket.unpipe();
        socket.removeAllListeners('data');
        socket.removeAllListeners('end');
        socket.resume();
      }
    },
    taken: () => taken,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
