/**
 * `arke-tiff/callback`: reads callbacks where they arrive, for example in a Cloudflare Worker. Uses
 * nothing of Node.js.
 * @packageDocumentation
 */
export {
  type CallbackPayload,
  callbackPayloadSchema,
  type ErrorPayload,
  payloadProblems,
  type SuccessPayload,
} from '../callback/payload.ts';
export {
  type CallbackReading,
  type ReceivedRequest,
  readCallback,
} from '../callback/read-callback.ts';
