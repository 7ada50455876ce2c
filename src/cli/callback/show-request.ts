import { type CallbackRequest, callbackHeaders } from '../../lib/callback/request.ts';
import { curlLine } from '../../lib/curl-line.ts';
import type { CallbackRequestTold, CallbackToSend } from '../../lib/documents/documents.ts';
import { shownUrl } from '../../lib/http-url.ts';
import type { CallbackSession } from './session.ts';

/** Shows what would be sent, as the result of the command; returns it for `--json`. */
export function showInsteadOfSending(
  request: CallbackRequest,
  session: CallbackSession,
): CallbackToSend {
  const url = shownUrl(request.settings.url);
  const headers = callbackHeaders(request, new Date());
  const curl = curlLine(url, headers, request.body);
  session.result(`POST ${url}`);
  for (const [name, value] of Object.entries(headers)) session.result(`${name}: ${value}`);
  session.result('');
  session.result(request.body);
  session.result('');
  session.result(curl);
  if (new URL(request.settings.url).search)
    session.reporter.warn(
      "The URL's query is hidden, as it may be secret: add it to the curl command.",
    );
  if (session.redact(request.body) !== request.body)
    session.reporter.warn('Parts of the body are hidden, as they may be secret.');
  return { url, headers, body: request.body, curl };
}

/**
 * A request that is safe to show while it is sent: anyone who reads the signature could send it
 * again.
 */
export function maskedRequest(request: CallbackRequest): CallbackRequestTold {
  const headers = callbackHeaders(request, new Date());
  if (headers['webhook-signature']) headers['webhook-signature'] = 'v1,[redacted]';
  return { url: shownUrl(request.settings.url), headers, body: request.body };
}

/** Shows a request that is being sent, besides the result. */
export function showRequest(request: CallbackRequest, { note }: CallbackSession): void {
  const { url, headers, body } = maskedRequest(request);
  note(`POST ${url}`);
  for (const [name, value] of Object.entries(headers)) note(`${name}: ${value}`);
  note(body);
}
