import type { TlsMode } from '../../support/tls-front.ts';
import type { EventCell } from './events.ts';
import { converted, failed, type Outcome } from './outcome.ts';
import { endless, patience } from './patience.ts';

const refused = (what: string) => failed(new RegExp(`^Failed to download TIFF: ${what}`));
const notAccepted = refused('The TLS certificate of R2 at \\S+ was not accepted');
const notShaken = refused('The TLS handshake with R2 at \\S+ failed');
const outcomes: Record<TlsMode, Outcome> = {
  'a certificate that is trusted': converted(),
  'a certificate that nobody trusts': notAccepted,
  'a certificate that has expired': notAccepted,
  'a certificate of another host': notAccepted,
  'the handshake is broken off': refused('The connection to R2 at \\S+ broke off'),
  'the handshake is never answered': refused('R2 at \\S+ did not answer in time'),
  'an old version of TLS': notShaken,
  'no TLS': notShaken,
};

/** R2 by TLS, in all ways that it may go. */
export const tls: readonly EventCell[] = Object.entries(outcomes).map(([mode, outcome]) => ({
  event: mode,
  stage: 'R2 by TLS',
  outcome,
  scenario: {
    picture: 'small',
    patience: mode === 'the handshake is never answered' ? patience : endless,
    tls: mode as TlsMode,
  },
}));
