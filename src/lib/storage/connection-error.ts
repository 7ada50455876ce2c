import { messageOf, StorageError, systemCodeOf } from '../errors.ts';
import { type StorageNames, type StorageRequest, variableNames } from './client.ts';

/** The message for one kind of connection error. */
interface Kind {
  /** Its codes; the first kind that matches counts. */
  readonly codes: RegExp;
  readonly what: (host: string) => string;
  readonly remedy: (names: StorageNames) => string;
  /** Whether the next attempt may succeed. */
  readonly retryable: boolean;
}

/**
 * Codes of the system, of OpenSSL (https://nodejs.org/api/tls.html#x509-certificate-error-codes)
 * and of Node's TLS and HTTP.
 */
const kinds: readonly Kind[] = [
  {
    codes: /^(ENOTFOUND|EAI_\w+|ENODATA)$/,
    what: (host) => `The name of R2's endpoint, ${host}, could not be resolved`,
    remedy: ({ accountId, jurisdiction, endpoint }) =>
      `Check ${accountId}, ${jurisdiction} and ${endpoint}, and this machine's DNS.`,
    retryable: true,
  },
  {
    codes: /^ECONNREFUSED$/,
    what: (host) => `R2 at ${host} refused the connection`,
    remedy: ({ endpoint }) =>
      `Check that ${endpoint} names the right host and port, and the network.`,
    retryable: true,
  },
  {
    // A wrong certificate will not change in a moment.
    codes: /^(CERT_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/,
    what: (host) => `The TLS certificate of R2 at ${host} was not accepted`,
    remedy: ({ endpoint }) =>
      `Check ${endpoint}, this machine's clock and its certificates (NODE_EXTRA_CA_CERTS adds some).`,
    retryable: false,
  },
  {
    // Cloudflare ends the handshake (EPROTO, alert 40) if no account has that name.
    codes: /^(EPROTO$|ERR_TLS|ERR_SSL)/,
    what: (host) => `The TLS handshake with R2 at ${host} failed`,
    remedy: ({ accountId, endpoint }) =>
      `Check ${accountId}, and that ${endpoint} is an https endpoint.`,
    retryable: true,
  },
  {
    codes: /^(ETIMEDOUT|ESOCKETTIMEDOUT|TimeoutError)$/,
    what: (host) => `R2 at ${host} did not answer in time`,
    remedy: ({ endpoint }) => `Try again; check the network and ${endpoint}.`,
    retryable: true,
  },
  {
    codes: /^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/,
    what: (host) => `The connection to R2 at ${host} broke off`,
    remedy: () => 'Try again; check the network.',
    retryable: true,
  },
];

/** The message for all others. */
const otherKind: Omit<Kind, 'codes'> = {
  what: (host) => `The connection to R2 at ${host} failed`,
  remedy: ({ accountId, endpoint }) => `Check the network, ${accountId} and ${endpoint}.`,
  retryable: true,
};

/** What a request was to do, for messages: `read "a.tif"`; without a prefix, `list the bucket`. */
export function attemptOf({ action, key }: Pick<StorageRequest, 'action' | 'key'>): string {
  return key === '' ? `${action} the bucket` : `${action} "${key}"`;
}

/** Whether an error concerns the connection: it has a system code, or is an SDK time-out. */
export function isConnectionError(error: unknown): boolean {
  return codeOf(error) !== undefined;
}

/**
 * The error of a request without an answer (`STORAGE_UNREACHABLE`): name, connection, encryption or
 * time, each with what to check.
 */
export function toConnectionError(error: unknown, request: StorageRequest): StorageError {
  const code = codeOf(error) ?? '';
  const reason = reasonOf(error);
  // SDK time-outs have a name but no code; neither that name nor our own code says anything new.
  const said = reason.includes(code) || /^(TimeoutError|ETIMEDOUT)$/.test(code);
  const detail = said ? reason : `${reason} (${code})`;
  const { endpoint, names = variableNames } = request.storage;
  const { host } = new URL(endpoint);
  const { what, remedy, retryable } = kinds.find(({ codes }) => codes.test(code)) ?? otherKind;
  return new StorageError(
    'STORAGE_UNREACHABLE',
    `${what(host)} on the attempt to ${attemptOf(request)}: ${detail}. ${remedy(names)}`,
    { cause: error, retryable },
  );
}

/** The readable part of the message: without the SDK's name and OpenSSL's functions and files. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const openssl = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return openssl ?? message.replace(/^@smithy\/\S+ - /, '').replace(/\.$/, '');
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof Error && error.name === 'TimeoutError')
    return systemCodeOf(error) ?? error.name;
  return systemCodeOf(error);
}
