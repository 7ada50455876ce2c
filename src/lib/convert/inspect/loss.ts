/** The kind of loss. */
export type LossKind =
  | 'pages'
  | 'mask'
  | 'bit-depth'
  | 'sample-range'
  | 'colour-space'
  | 'alpha'
  | 'extra-samples'
  | 'profile'
  | 'metadata';

/** Something that a conversion changes or omits, besides the effects of JPEG compression. */
export interface Loss {
  readonly kind: LossKind;
  /** The page concerned, from 1; undefined if it concerns the file. */
  readonly page: number | undefined;
  /** For people, without a full stop. */
  readonly message: string;
  /** The setting that avoids it, if any, with its user's name: `--page all`, `pages: 'all'`. */
  readonly avoidedBy?: string;
}

/** A loss without its page. */
export type PageLoss = Omit<Loss, 'page'>;
