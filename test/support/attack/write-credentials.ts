/** What is written to have Holdfast know no credential, so that the next one is learned. */

/** Where Holdfast keeps what it learned. */
export const CREDENTIALS_PATH = '/api/v1/namespaces/holdfast-system/secrets/holdfast-credentials';

/** A merge patch; a table without identities. */
export const withoutCredentials = {
  stringData: {
    'credentials.json': JSON.stringify({ version: 1, createdMs: 0, identities: {} }),
  },
};
