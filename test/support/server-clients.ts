/** Clients of a server that has none: connections that a test makes up. */
import { Socket } from 'node:net';
import { readAddressRanges } from '../../src/base/address-ranges.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Clients, type Client, type ClientsOptions } from '../../src/server/clients.ts';

/** Room for as many as a test needs, unless it says otherwise. */
export function testClients(options: Partial<ClientsOptions> = {}): Clients {
  return new Clients({
    connectionsMax: 1000,
    strangersMax: 1000,
    apiServerAddresses: readAddressRanges([]),
    monotonicMs: systemClock.monotonicMs,
    onDropped: () => {},
    ...options,
  });
}

/** A connection from an address, which was never opened. */
export function socketFrom(remoteAddress: string, remotePort = 1): Socket {
  const socket = new Socket();
  Object.defineProperties(socket, {
    remoteAddress: { value: remoteAddress },
    remotePort: { value: remotePort },
  });
  return socket;
}

/** A client at an address. */
export function clientFrom(clients: Clients, remoteAddress: string): Client {
  return clients.of(socketFrom(remoteAddress));
}
