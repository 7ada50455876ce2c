// What is used here of packages that come without types.

declare module 'picomatch' {
  interface PicomatchOptions {
    /** Of the regular expression that a pattern becomes. */
    readonly flags?: string;
    /** Whether wildcards match names that begin with a dot. */
    readonly dot?: boolean;
    /** Whether brackets are those of POSIX: `[!a]`, `[[:digit:]]`. */
    readonly posix?: boolean;
    readonly nonegate?: boolean;
    readonly keepQuotes?: boolean;
    /** The regular expression for `{from..to}` or `{from..to..step}`; its last argument are the options. */
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
    /** With `parts`, where there is more than one. */
    readonly parts?: readonly string[];
  }

  const picomatch: ((glob: string, options?: PicomatchOptions) => (text: string) => boolean) & {
    scan(glob: string, options?: ScanOptions): Scanned;
  };
  export default picomatch;
}

declare module 'fill-range' {
  interface FillOptions {
    /** One expression for all of the range, instead of an array. */
    readonly toRegex: true;
    /** Whether `{01..12}` stands for 1 as well as for 01. */
    readonly relaxZeros: boolean;
    readonly step?: string;
  }

  /** Gives an empty array for what is no range. */
  export default function fillRange(
    from: string,
    to: string,
    options: FillOptions,
  ): string | readonly [];
}
