/** What kind of thing a JPEG does not have of its TIFF. */
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

/** One thing that a conversion changes or leaves out, beside what JPEG's own compression does. */
export interface Loss {
  readonly kind: LossKind;
  /** The page that it is about, counted from 1; undefined where it is about the file. */
  readonly page: number | undefined;
  /** For people, without a full stop. */
  readonly message: string;
  /** The setting that avoids it, where one does, as its user calls it: `--page all`, `pages: 'all'`. */
  readonly avoidedBy?: string;
}

/** A loss before it is said of which page it is. */
export type PageLoss = Omit<Loss, 'page'>;
