/**
 * The download of the example worker, and nothing else of it: the same client, the same request,
 * the same bytes in memory. Copied beside the example worker by example-worker.ts.
 */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

const { R2_ENDPOINT, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, R2_BUCKET, INPUT_R2_KEY } =
  process.env;
const client = new S3Client({
  region: 'auto',
  endpoint: R2_ENDPOINT,
  forcePathStyle: true,
  credentials: { accessKeyId: R2_ACCESS_KEY_ID, secretAccessKey: R2_SECRET_ACCESS_KEY },
});
const response = await client.send(new GetObjectCommand({ Bucket: R2_BUCKET, Key: INPUT_R2_KEY }));
const tiff = await response.Body.transformToByteArray();
console.log(`Downloaded ${tiff.length} bytes`);
client.destroy();
