using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>
/// A bucket of its own on the real S3 server, which the user without rights may read because of a bucket policy; the
/// test writes it as its owner.
/// </summary>
internal sealed class ReadOnlyBucket : ITestStore
{
    private readonly AmazonS3Client _owner;
    private readonly BucketStore _store;

    private ReadOnlyBucket(string bucket, AmazonS3Client owner) =>
        (_owner, _store) = (owner, new BucketStore(bucket, TestEnvironment.S3Variables));

    public string Bucket => _store.Bucket;

    /// <summary>Variables for the user who may only read.</summary>
    public IReadOnlyDictionary<string, string> Variables => TestEnvironment.PoorS3Variables;

    /// <summary>Creates a bucket.</summary>
    /// <param name="mayList">Whether the reader may also list the bucket.</param>
    public static async Task<ReadOnlyBucket> CreateAsync(bool mayList)
    {
        var variables = TestEnvironment.S3Variables;
        var owner = new AmazonS3Client(
            new BasicAWSCredentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]),
            new AmazonS3Config
            {
                ServiceURL = variables["AWS_ENDPOINT_URL"],
                AuthenticationRegion = variables["AWS_REGION"],
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        var bucket = $"readonly-{Guid.NewGuid():n}";
        await owner.PutBucketAsync(new PutBucketRequest { BucketName = bucket, UseClientRegion = false });
        await owner.PutBucketPolicyAsync(bucket, Policy(bucket, mayList));
        return new ReadOnlyBucket(bucket, owner);
    }

    public Task PutAsync(string key, byte[] content) => _store.PutAsync(key, content);

    public Task<byte[]?> GetAsync(string key) => _store.GetAsync(key);

    public Task<IReadOnlyList<string>> ListAsync(string prefix) => _store.ListAsync(prefix);

    public void Dispose()
    {
        foreach (var key in _store.ListAsync("").GetAwaiter().GetResult())
        {
            _owner.DeleteObjectAsync(Bucket, key).GetAwaiter().GetResult();
        }

        _owner.DeleteBucketAsync(Bucket).GetAwaiter().GetResult();
        _store.Dispose();
        _owner.Dispose();
    }

    // The policy in docs/operations.md, for one user of this server.
    private static string Policy(string bucket, bool mayList) => $$"""
        {"Version": "2012-10-17", "Statement": [
          {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/poor"]},
           "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::{{bucket}}/*"]}{{(mayList ? $$"""
        ,
          {"Sid": "List", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/poor"]},
           "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::{{bucket}}"]}
        """ : "")}}]}
        """;
}
