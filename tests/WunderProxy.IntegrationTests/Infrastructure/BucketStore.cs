using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>A bucket of a real S3 server.</summary>
internal sealed class BucketStore(string bucket, IReadOnlyDictionary<string, string> variables) : ITestStore
{
    private readonly AmazonS3Client _s3 = new(
        new BasicAWSCredentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]),
        new AmazonS3Config
        {
            ServiceURL = variables["AWS_ENDPOINT_URL"],
            AuthenticationRegion = variables["AWS_REGION"],
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    public string Bucket => bucket;

    public IReadOnlyDictionary<string, string> Variables => variables;

    public async Task PutAsync(string key, byte[] content)
    {
        using var stream = new MemoryStream(content);
        await PutAsync(key, stream);
    }

    /// <summary>Stores the content of a seekable stream.</summary>
    public Task PutAsync(string key, Stream content) => _s3.PutObjectAsync(
        new PutObjectRequest { BucketName = bucket, Key = key, InputStream = content, UseChunkEncoding = false });

    public async Task<byte[]?> GetAsync(string key)
    {
        try
        {
            using var response = await _s3.GetObjectAsync(bucket, key);
            using var content = new MemoryStream();
            await response.ResponseStream.CopyToAsync(content);
            return content.ToArray();
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<string>> ListAsync(string prefix)
    {
        var response = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix });
        return [.. (response.S3Objects ?? []).Select(item => item.Key)];
    }

    public void Dispose() => _s3.Dispose();
}
