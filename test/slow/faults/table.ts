import { type Cell, cellsOf, passing, type Row } from './cell.ts';
import { converted, failed, undelivered } from './outcome.ts';

/*
 * The fault table: stage × fault × how often. Left out, as they make no sense or are another cell:
 * - permanent answers (400, 401, 403, 404) "twice" and "for good": "once" shows that they are not
 *   repeated;
 * - what harms nobody (drips, an answer's body that the callback does not need) "once" and "twice";
 * - refused, while a body comes: its connection is there; it is `breaks off`, and then another
 *   cell;
 * - 404 at HEAD: the normal answer, the key is free;
 * - bodies at HEAD and of the answer to PUT: there are none;
 * - a body of the callback that breaks off or stalls on its way out: it is smaller than a packet;
 * - an object that is replaced during HEAD: the same as during PUT, which comes after it.
 */

/** Answers that may be gone on the next attempt, with Cloudflare's own (520 to 526, 530). */
const PASSING = [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530];

/** A fault that each attempt of a request to R2 may meet, and how it is told when all have. */
const atR2 = (failure: (what: string) => RegExp) => (fault: string, what: string) => ({
  fault,
  outcomes: passing(failed(failure(what)), converted(), converted()),
});

/** What may happen to every request to R2 before it is answered. */
function beforeTheAnswer(failure: (what: string) => RegExp): Row[] {
  const row = atR2(failure);
  return [
    row('refused', 'R2 at \\S+ refused the connection'),
    row('reset', 'The connection to R2 at \\S+ broke off'),
    row('never answers', 'R2 at \\S+ did not answer in time'),
    row('portal', '\\S+ is not an S3 endpoint'),
    row('hugeerr', 'R2 answered 500'),
    ...PASSING.map((status) => row(String(status), `R2 answered ${status}`)),
  ];
}

const download = (what: string) => new RegExp(`^Failed to download TIFF: ${what}`);
const upload = (what: string) => new RegExp(`^Failed to upload JPEG: ${what}`);
const onDownload = atR2(download);
const onUpload = atR2(upload);
const refusedBy = (fault: string, error: RegExp): Row => ({
  fault,
  outcomes: { once: failed(error) },
});
const harmless = (fault: string): Row => ({ fault, outcomes: { 'for good': converted() } });

const bodyRows: Row[] = [
  onDownload('breaks off', 'The download of "\\S+" broke off at byte \\d+'),
  onDownload('stalls', 'R2 at \\S+ did not answer in time .*: no further bytes'),
  onDownload('wrong length', 'The download of "\\S+" failed: R2 answered with'),
  onDownload('too many bytes', 'The download of "\\S+" broke off .*more bytes came'),
  onDownload('flip', '"\\S+" did not arrive as it is in R2'),
  harmless('drips'),
  {
    fault: 'object replaced',
    outcomes: {
      once: converted({ log: /was changed by another process meanwhile/ }),
      twice: failed(download('The object "\\S+" was changed by another process meanwhile')),
    },
  },
];

const getAnswer: Row[] = [
  ...beforeTheAnswer(download),
  refusedBy('400', download('R2 answered 400')),
  refusedBy('401', download('401 Unauthorized')),
  refusedBy('403', download('403 Forbidden')),
  refusedBy('404', download('404 Not Found')),
  refusedBy('403 RequestTimeTooSkewed', download("R2 rejected .* this machine's clock is wrong")),
  refusedBy('501', download('The server at \\S+ does not support')),
  harmless('answers after 5 s'),
  onDownload('200 InternalError', 'R2 at \\S+ answered .* with 200, but with an error'),
];

const getRange: Row[] = [
  onDownload('reset', 'The connection to R2 at \\S+ broke off'),
  onDownload('never answers', 'R2 at \\S+ did not answer in time'),
  onDownload('429', 'R2 answered 429'),
  onDownload('503', 'R2 answered 503'),
  onDownload('522', 'R2 answered 522'),
  refusedBy('403', download('403 Forbidden')),
  refusedBy('404', download('404 Not Found')),
  ...bodyRows,
];

const head: Row[] = [
  ...beforeTheAnswer(upload),
  refusedBy('400', upload('R2 answered 400')),
  refusedBy('401', upload('401 Unauthorized')),
  refusedBy('403', upload('403 Forbidden')),
];

const arrived = passing(converted(), converted(), converted());
const put: Row[] = [
  ...beforeTheAnswer(upload),
  refusedBy('400', upload('R2 answered 400')),
  refusedBy('401', upload('401 Unauthorized')),
  refusedBy('403', upload('403 Forbidden')),
  refusedBy('404', upload('404 Not Found')),
  refusedBy('404 NoSuchBucket', upload('The bucket "\\S+" does not exist')),
  harmless('answers after 5 s'),
  onUpload('400 BadDigest', '"\\S+" did not arrive in R2 as it was sent'),
  onUpload('flip', '"\\S+" did not arrive in R2 as it was sent'),
  onUpload('flip, and taken for what it is', '"\\S+" is not in R2 as it was sent'),
  onUpload('put200', 'R2 at \\S+ answered .* with 200, but without an ETag'),
  onUpload('put200 with an ETag', '"\\S+" is not in R2 as it was sent'),
  refusedBy(
    '501',
    upload('The server at \\S+ does not support something \\(perhaps the header If-None-Match\\)'),
  ),
  // A second is what it takes: it lasts no longer.
  harmless('rate1'),
  { fault: 'reset after it arrived', outcomes: arrived },
  { fault: 'never answers after it arrived', outcomes: arrived },
  { fault: '503 after it arrived', outcomes: arrived },
  onUpload('breaks off', 'The connection to R2 at \\S+ broke off'),
  onUpload('stalls', 'R2 at \\S+ did not answer in time'),
  harmless('drips'),
  onUpload('412', 'The object "\\S+" was changed by another process meanwhile'),
  {
    fault: 'object replaced',
    outcomes: {
      once: converted({ jpeg: 'second name', log: /was not made from/ }),
      twice: failed(upload('"\\S+" and "\\S+" in the bucket .* will not be overwritten')),
    },
  },
];

const replace: Row[] = [
  onUpload('put200 with an ETag', '"\\S+" is not in R2 as it was sent'),
  harmless('rate1'),
  { fault: 'reset after it arrived', outcomes: arrived },
];

/**
 * A callback that is sent again: after one attempt that went wrong, after two, and then given up.
 */
const sentAgain = (fault: string, arrives = 0): Row => ({
  fault,
  outcomes: passing(
    undelivered(3, 3 * arrives),
    converted({ sent: 2, arrived: 1 + arrives }),
    converted({ sent: 3, arrived: 1 + 2 * arrives }),
  ),
});
const givenUp = (fault: string): Row => ({ fault, outcomes: { once: undelivered(1) } });

const callback: Row[] = [
  // What is refused has not come to anybody's door.
  { fault: 'refused', outcomes: passing(undelivered(0), converted(), converted()) },
  sentAgain('reset'),
  sentAgain('never answers', 1),
  sentAgain('reset after it arrived', 1),
  sentAgain('524 after it arrived', 1),
  sentAgain('503, then stalls'),
  ...PASSING.map((status) => sentAgain(String(status))),
  ...['400', '401', '403', '404', '410', '302', '500 Task not found', '500 Batch not found'].map(
    givenUp,
  ),
  ...['stalls', 'breaks off', 'drips', 'wrong length', 'answers after 5 s'].map(harmless),
];

const notFound = /^Failed to download TIFF: 404 Not Found/;
const errorSentAgain = (fault: string, arrives = 0): Row => ({
  fault,
  outcomes: passing(
    failed(notFound, { sent: 3, arrived: 3 * arrives, log: /Callback not delivered/ }),
    failed(notFound, { sent: 2, arrived: 1 + arrives }),
    failed(notFound, { sent: 3, arrived: 1 + 2 * arrives }),
  ),
});

const errorCallback: Row[] = [
  errorSentAgain('reset'),
  errorSentAgain('never answers', 1),
  errorSentAgain('429'),
  errorSentAgain('503'),
  errorSentAgain('522'),
  { fault: 'answers after 5 s', outcomes: { once: failed(notFound) } },
  {
    fault: '404',
    outcomes: { once: failed(notFound, { arrived: 0, log: /Callback not delivered/ }) },
  },
];

/** Every cell of the table. */
export const cells: readonly Cell[] = [
  ...cellsOf('GET, its answer', getAnswer),
  ...cellsOf('GET, its body', bodyRows),
  ...cellsOf('GET, a further range', getRange),
  ...cellsOf('HEAD', head),
  ...cellsOf('PUT', put),
  ...cellsOf('PUT over an older JPEG', replace),
  ...cellsOf('callback of a success', callback),
  ...cellsOf('callback of an error', errorCallback),
];
