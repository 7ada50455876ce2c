// The parts that are used of packages without types.

declare module 'picomatch' {
  interface PicomatchOptions {
    /** Flags of the pattern's regular expression. */
    readonly flags?: string;
    /** Whether wildcards match names that begin with a dot. */
    readonly dot?: boolean;
    /** Whether POSIX brackets are supported: `[!a]`, `[[:digit:]]`. */
    readonly posix?: boolean;
    readonly nonegate?: boolean;
    readonly keepQuotes?: boolean;
    /**
     * The regular expression for `{from..to}` or `{from..to..step}`; the last argument is the
     * options.
     */
    readonly expandRange?: (...range: readonly unknown[]) => string;
  }

  interface ScanOptions {
    readonly nonegate?: boolean;
    readonly parts?: boolean;
    readonly scanToEnd?: boolean;
  }

  interface Scanned {
    /** The path before the first part with a wildcard, and what follows it. */
    readonly base: string;
    readonly glob: string;
    readonly isGlob: boolean;
    /** With `parts`, if there are several. */
    readonly parts?: readonly string[];
  }

  const picomatch: ((glob: string, options?: PicomatchOptions) => (text: string) => boolean) & {
    scan(glob: string, options?: ScanOptions): Scanned;
  };
  export default picomatch;
}

declare module 'fill-range' {
  interface FillOptions {
    /** One expression for the whole range, instead of an array. */
    readonly toRegex: true;
    /** Whether `{01..12}` matches 1 as well as 01. */
    readonly relaxZeros: boolean;
    readonly step?: string;
  }

  /** Returns an empty array for an invalid range. */
  export default function fillRange(
    from: string,
    to: string,
    options: FillOptions,
  ): string | readonly [];
}
