import { createHash } from 'node:crypto';
import * as v from 'valibot';

const markSchema = v.looseObject({
  v: v.literal(1),
  webhook_id: v.string(),
  body_sha256: v.string(),
  delivered_at: v.pipe(v.string(), v.isoTimestamp()),
  /** Shows that the writer knew the secret (`seal.ts`). */
  seal: v.optional(v.string()),
});

/** The record that stays in the outbox once a callback is delivered. */
export type DeliveredMark = v.InferOutput<typeof markSchema>;

/** The mark of a delivered callback. */
export function deliveredMark(id: string, body: string, at: Date): DeliveredMark {
  return {
    v: 1,
    webhook_id: id,
    body_sha256: hashOf(body),
    delivered_at: at.toISOString(),
  };
}

/** Reads a mark; undefined if the text is not one. */
export function readDeliveredMark(text: string): DeliveredMark | undefined {
  try {
    const mark = v.safeParse(markSchema, JSON.parse(text));
    return mark.success ? mark.output : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a mark is for this exact body, not for an earlier run with the same outcome. */
export function isMarkOf(mark: DeliveredMark, body: string): boolean {
  return mark.body_sha256 === hashOf(body);
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
