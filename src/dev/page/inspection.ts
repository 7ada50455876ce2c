/** Of the JSON of `arke-tiff inspect --json`, what the page shows. */
export interface Inspection {
  readonly bytes: number;
  readonly format: string;
  readonly byte_order: string;
  readonly pages: number;
  readonly directories: readonly Directory[];
  readonly problems: readonly {
    readonly severity: 'error' | 'warning';
    readonly message: string;
  }[];
  readonly losses: readonly { readonly message: string; readonly avoided_by?: string }[];
}

/** One directory of a TIFF. */
export interface Directory {
  readonly role: 'page' | 'reduced' | 'mask';
  readonly page?: number;
  readonly width: number;
  readonly height: number;
  readonly samples_per_pixel: number;
  readonly bits_per_sample: readonly number[];
  readonly sample_format: string;
  readonly photometric?: string;
  readonly compression: string;
  readonly planar: boolean;
  readonly orientation: number;
  readonly segments?: { readonly kind: string; readonly count: number };
  readonly profile?: { readonly description?: string; readonly colour_space?: string };
  readonly resolution?: { readonly x: number; readonly y: number; readonly unit: string };
  readonly plan?:
    | {
        readonly effort: string;
        readonly turn: string;
        readonly reason: string;
        readonly memory_bytes: number;
      }
    | { readonly error: { readonly message: string } };
}

/** What was inspected, or why nothing could be; undefined where there is nothing yet. */
export type Facts = { readonly inspection: Inspection } | { readonly error: string } | undefined;

/** Takes the document as the command writes it, or what it says of its only file. */
export function factsFrom(json: unknown): Facts {
  if (!isObject(json)) return undefined;
  const file = Array.isArray(json['files']) ? (json['files'][0] as unknown) : json;
  if (!isObject(file)) return undefined;
  const { error } = file;
  if (isObject(error)) return { error: String(error['message']) };
  // The command's own JSON, whose shape its tests hold.
  if (Array.isArray(file['directories'])) return { inspection: file as unknown as Inspection };
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
