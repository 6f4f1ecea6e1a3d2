/** All that an uploading client needs. Reading, listing and deleting are not among it. */
const ACTIONS = ['s3:PutObject', 's3:AbortMultipartUpload']

/** The policy that narrows credentials to uploading below `path`; its slash keeps them out of paths that begin alike. */
export function sessionPolicy(bucket: string, path: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ACTIONS, Resource: `arn:aws:s3:::${bucket}/${path}/*` }],
  })
}
