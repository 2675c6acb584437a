/** How requests to an API server are authenticated, and where it is. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';

/** What is asked, before it is authenticated. */
export interface PlainRequest extends RequestOptions {
  readonly headers?: OutgoingHttpHeaders | undefined;
}

/** Credentials for one API server. */
export interface Authentication {
  /** The URL of the API server. */
  readonly server: string;
  /** The request with the credentials and the trust of this moment: tokens and certificates rotate. */
  readonly apply: (request: PlainRequest) => Promise<RequestOptions>;
}
