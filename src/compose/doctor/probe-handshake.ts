/** A handshake with Holdfast, as the API server makes it: what is served now, not what a file says. */
import { connect } from 'node:tls';

export interface HandshakeTarget {
  readonly host: string;
  readonly port: number;
  /** The authority that must have issued what is served, in PEM. Absent: those that Node.js trusts. */
  readonly authorityPem?: string | undefined;
}

export type Handshake =
  | {
      readonly status: 'shaken';
      /** Absent where the API server would go on. */
      readonly refusal?: string | undefined;
      /** The end of the served certificate. */
      readonly endsAt: string;
    }
  | { readonly status: 'unreachable'; readonly reason: string };

/** A Service answers in milliseconds; from a laptop its name leads nowhere. */
const HANDSHAKE_MS_MAX = 5000;

/** Never rejects. Sends nothing beside the handshake. */
export function probeHandshake({ host, port, authorityPem }: HandshakeTarget): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      // An address is no name that a server could be asked by.
      ...(/^[\d.]+$|:/u.test(host) ? {} : { servername: host }),
      ...(authorityPem === undefined ? {} : { ca: authorityPem }),
      // To learn what is served, also where it is not trusted: nothing is sent to it.
      rejectUnauthorized: false,
      timeout: HANDSHAKE_MS_MAX,
    });
    const end = (result: Handshake): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      const refusal = socket.authorized ? undefined : String(socket.authorizationError);
      end({ status: 'shaken', refusal, endsAt: certificate?.validTo ?? '' });
    });
    socket.once('timeout', () => end({ status: 'unreachable', reason: 'no answer in time' }));
    socket.once('error', (error: Error) => end({ status: 'unreachable', reason: error.message }));
  });
}
