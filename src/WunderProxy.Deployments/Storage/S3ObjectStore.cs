using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// An S3 bucket. The only file that names the AWS SDK. Credentials, region and endpoint come from the SDK's own
/// environment and files; a custom endpoint is spoken to with path-style addresses, and with checksums only where the
/// protocol requires them, since most servers but Amazon's refuse the SDK's newer ones.
/// </summary>
public sealed class S3ObjectStore : IObjectStore
{
    private const string DefaultRegion = "us-east-1";
    private const int Retries = 2;

    /// <summary>
    /// Tries more after a reset, at once: it may have met a connection that the server had closed. The SDK's ten are for
    /// pools of many; we keep a few, and to a server that resets them all they are a flood.
    /// </summary>
    private const int StaleConnectionRetries = 1;

    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly TimeProvider _time;

    // Some servers compare If-Match byte by byte with their unquoted tag. Found out once, then kept.
    private volatile bool _sendsUnquotedETags;

    private S3ObjectStore(AmazonS3Client client, string bucket, TimeProvider time) =>
        (_client, _bucket, _time) = (client, bucket, time);

    /// <inheritdoc/>
    public string Description => $"S3 bucket {_bucket}";

    /// <summary>Opens a bucket without talking to it.</summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.BadLocation"/>: no bucket name, or the SDK's environment is contradictory.
    /// </exception>
    public static S3ObjectStore Open(string bucket, TimeProvider time) => Open(bucket, time, endpoint: null);

    /// <summary>Opens a bucket at a named server, instead of what the SDK's environment says.</summary>
    internal static S3ObjectStore Open(string bucket, TimeProvider time, S3Endpoint? endpoint)
    {
        if (bucket.Length == 0 || bucket.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new ObjectStoreException(ObjectStoreFault.BadLocation, $"'{bucket}' is no S3 bucket name");
        }

        try
        {
            var configuration = Configuration(endpoint?.Url);
            var client = endpoint is null
                ? new AmazonS3Client(configuration)
                : new AmazonS3Client(endpoint.AccessKey, endpoint.SecretKey, configuration);
            return new S3ObjectStore(client, bucket, time);
        }
        catch (AmazonClientException e)
        {
            const string Hint = "S3 is not configured: set AWS_REGION, and AWS_ENDPOINT_URL for a server of your own";
            throw new ObjectStoreException(ObjectStoreFault.BadLocation, $"{Hint} ({e.Message})", e);
        }
    }

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        CallAsync($"read {key}", async limited =>
        {
            using var response = await _client.GetObjectAsync(_bucket, key, limited);
            using var bytes = new MemoryStream();
            await response.ResponseStream.CopyToAsync(bytes, limited);
            if (bytes.Length != response.ContentLength)
            {
                throw new ObjectStoreException(
                    ObjectStoreFault.Unavailable, $"the {Description} broke off in the middle of {key}");
            }

            return (StoredObject?)new StoredObject(bytes.ToArray(), response.ETag.Trim('"'));
        }, absent: () => null, cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        CallAsync($"read {key}", async limited =>
        {
            var response = await _client.GetObjectAsync(_bucket, key, limited);
            return (ObjectContent?)new ObjectContent(response.ResponseStream, response.ContentLength, response);
        }, absent: () => null, cancellationToken);

    /// <inheritdoc/>
    public async Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken)
    {
        var quoted = !_sendsUnquotedETags;
        var outcome = await PutOnceAsync(key, bytes, condition, quoted, cancellationToken);
        if (outcome != PutOutcome.PreconditionFailed || condition.ETag is null || !quoted)
        {
            return outcome;
        }

        // Refused with a quoted tag: when the object is in truth unchanged, the server wants it bare (Ceph RGW 16).
        if ((await GetAsync(key, cancellationToken))?.ETag != condition.ETag)
        {
            return outcome;
        }

        var second = await PutOnceAsync(key, bytes, condition, quoted: false, cancellationToken);
        _sendsUnquotedETags |= second == PutOutcome.Stored;
        return second;
    }

    /// <inheritdoc/>
    public Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken) =>
        CallAsync($"copy {sourceKey}", async limited =>
        {
            await _client.CopyObjectAsync(_bucket, sourceKey, _bucket, destinationKey, limited);
            return true;
        }, absent: () => false, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string keyPrefix, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<string>>($"list {keyPrefix}", async limited =>
        {
            List<string> keys = [];
            var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = keyPrefix };
            ListObjectsV2Response page;
            do
            {
                page = await _client.ListObjectsV2Async(request, limited);
                keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (page.IsTruncated == true);

            keys.Sort(StringComparer.Ordinal);
            return keys;
        }, absent: () => [], cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        CallAsync($"delete {key}", async limited =>
        {
            await _client.DeleteObjectAsync(_bucket, key, limited);
            return true;
        }, absent: () => true, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static AmazonS3Config Configuration(string? url)
    {
        var configuration = new AmazonS3Config
        {
            MaxErrorRetry = Retries,
            MaxStaleConnectionRetries = StaleConnectionRetries,
            Timeout = ObjectStores.CallLimit,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if ((url ?? configuration.ServiceURL) is { } custom)
        {
            // Reading the region forgets the URL, and setting the URL forgets the region: in this order both stay.
            configuration.AuthenticationRegion ??= configuration.RegionEndpoint?.SystemName ?? DefaultRegion;
            configuration.ServiceURL = custom;
            configuration.ForcePathStyle = true;
        }

        return configuration;
    }

    private async Task<PutOutcome> PutOnceAsync(
        string key,
        ReadOnlyMemory<byte> bytes,
        PutCondition condition,
        bool quoted,
        CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync($"write {key}", async limited =>
            {
                using var content = new MemoryStream(bytes.ToArray(), writable: false);
                await _client.PutObjectAsync(RequestOf(key, content, condition, quoted), limited);
                return PutOutcome.Stored;
            }, absent: null, cancellationToken);
        }
        catch (ObjectStoreException e) when (OutcomeOf(e, condition) is { } outcome)
        {
            return outcome;
        }
    }

    private PutObjectRequest RequestOf(string key, Stream content, PutCondition condition, bool quoted) => new()
    {
        BucketName = _bucket,
        Key = key,
        InputStream = content,
        ContentType = "application/json",
        UseChunkEncoding = false,
        IfNoneMatch = condition.MustBeAbsent ? "*" : null,
        IfMatch = quoted && condition.ETag is { } etag ? $"\"{etag}\"" : condition.ETag,
    };

    /// <summary>
    /// What a failed write may have done; null when it surely did nothing and the failure is to be told.
    /// </summary>
    private static PutOutcome? OutcomeOf(ObjectStoreException failure, PutCondition condition)
    {
        if (condition == PutCondition.None || failure.Fault == ObjectStoreFault.NoSuchBucket)
        {
            return null;
        }

        return (failure.InnerException as AmazonServiceException)?.StatusCode switch
        {
            HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound => PutOutcome.PreconditionFailed,
            HttpStatusCode.NotImplemented => PutOutcome.NotSupported,
            HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError => PutOutcome.Unknown,
            _ when failure.Fault == ObjectStoreFault.TimedOut => PutOutcome.Unknown,
            _ => null,
        };
    }

    private async Task<T> CallAsync<T>(
        string what, Func<CancellationToken, Task<T>> call, Func<T>? absent, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ObjectStores.CallLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await CallTwiceAsync(call, both.Token);
        }
        catch (AmazonS3Exception e) when (absent is not null && IsAbsent(e))
        {
            return absent();
        }
        catch (Exception e) when (IsTimeout(e, limit.Token) && !cancellationToken.IsCancellationRequested)
        {
            var seconds = ObjectStores.CallLimit.TotalSeconds;
            throw new ObjectStoreException(
                ObjectStoreFault.TimedOut, $"the {Description} did not answer within {seconds} s: {what}", e);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException
            or HttpRequestException or IOException or SocketException)
        {
            // A socket fault comes bare when the peer resets while the HTTP client is still setting the connection up.
            throw Explain(e, what);
        }
    }

    /// <summary>
    /// Ceph RGW refuses a write without reading its body, and takes what is left of it for the next request on that
    /// connection: a 400 without an S3 error code, of a request that nobody has seen. So that one is sent again.
    /// </summary>
    private static async Task<T> CallTwiceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken limited)
    {
        try
        {
            return await call(limited);
        }
        catch (AmazonS3Exception e) when (e is { StatusCode: HttpStatusCode.BadRequest, ErrorCode: "BadRequest" or null })
        {
            return await call(limited);
        }
    }

    private static bool IsTimeout(Exception e, CancellationToken limit) =>
        e is OperationCanceledException or TimeoutException
        || (limit.IsCancellationRequested && e is AmazonServiceException or AmazonClientException);

    private static bool IsAbsent(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is not "NoSuchBucket";

    private ObjectStoreException Explain(Exception e, string what)
    {
        var (fault, message) = e switch
        {
            AmazonS3Exception { ErrorCode: "NoSuchBucket" } =>
                (ObjectStoreFault.NoSuchBucket, $"there is no {Description}"),
            AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } denied =>
                (ObjectStoreFault.Denied, $"the {Description} refuses to {what}: {denied.ErrorCode}"),
            AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } failed =>
                (ObjectStoreFault.Unavailable, $"the {Description} fails to {what}: {CodesOf(failed)}"),
            AmazonServiceException { StatusCode: not default(HttpStatusCode) } refused =>
                (ObjectStoreFault.Refused, $"the {Description} refuses to {what}: {CodesOf(refused)}"),
            AmazonClientException { InnerException: not HttpRequestException } client when IsAboutCredentials(client) =>
                (ObjectStoreFault.Denied, $"no credentials for the {Description}: set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY"),
            _ => (ObjectStoreFault.Unavailable, $"the {Description} cannot be reached: {e.GetBaseException().Message}"),
        };
        return new ObjectStoreException(fault, message, e);
    }

    private static string CodesOf(AmazonServiceException e) => $"{(int)e.StatusCode} {e.ErrorCode}";

    private static bool IsAboutCredentials(AmazonClientException e) =>
        e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase);
}
