import { generateKeyPairSync, sign } from 'node:crypto';

const ED25519 = der(0x30, der(0x06, Buffer.from([0x2b, 0x65, 0x70])));

/**
 * A certificate that nobody has signed but its own key, for localhost or another host and from the
 * year 2000 on: until 2049 or, if it is to have expired, until 2001. Node has no function that
 * makes one (RFC 5280).
 */
export function selfSignedCertificate({ expired = false, host = 'localhost' } = {}): {
  cert: string;
  key: string;
} {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const commonName = der(
    0x30,
    der(0x06, Buffer.from([0x55, 0x04, 0x03])),
    der(0x0c, Buffer.from(host)),
  );
  const name = der(0x30, der(0x31, commonName));
  const validity = der(
    0x30,
    utcTime('000101000000Z'),
    utcTime(`${expired ? '01' : '49'}0101000000Z`),
  );
  const body = der(
    0x30,
    der(0x02, Buffer.from([1])),
    ED25519,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign(null, body, privateKey)]);
  const certificate = der(0x30, body, ED25519, der(0x03, signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const utcTime = (time: string) => der(0x17, Buffer.from(time));

/** One value in DER: tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}
