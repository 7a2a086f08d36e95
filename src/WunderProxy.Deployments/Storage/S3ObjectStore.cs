using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// An object store in an S3 bucket. Credentials, region and endpoint come from the AWS SDK's environment and files. A
/// custom endpoint is addressed in path style, and with checksums only where the protocol requires them, because most
/// servers other than Amazon's refuse the SDK's newer ones. Only this file names the SDK's S3 client.
/// </summary>
public sealed class S3ObjectStore : IObjectStore
{
    private const string DefaultRegion = "us-east-1";
    private const string AccessDenied = "AccessDenied";
    private const int Retries = 2;
    private const int ReadBytes = 16 << 10;

    /// <summary>Most pages of one listing, to bound a server whose pages never end.</summary>
    private const int MaxPages = 100;

    /// <summary>
    /// Number of immediate retries after a reset, which may come from a pooled connection that the server had closed.
    /// The SDK's default of ten suits large pools; to a server that resets every connection that would be a flood.
    /// </summary>
    private const int StaleConnectionRetries = 1;

    private readonly AmazonS3Client _client;
    private readonly S3HttpClientFactory _http;
    private readonly string _bucket;
    private readonly TimeProvider _clock;

    // The form of entity tags that this server expects in conditions; learnt once, then kept.
    private volatile EntityTagForm _tagForm;

    private S3ObjectStore(AmazonS3Client client, S3HttpClientFactory http, string bucket, TimeProvider clock) =>
        (_client, _http, _bucket, _clock) = (client, http, bucket, clock);

    /// <inheritdoc/>
    public string Description => $"S3 bucket {_bucket}";

    /// <summary>Opens a bucket without contacting it.</summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.BadLocation"/>: the text is not a bucket name, or the SDK's environment is
    /// contradictory.
    /// </exception>
    public static S3ObjectStore Open(string bucket, TimeProvider clock) => Open(bucket, clock, endpoint: null);

    /// <summary>
    /// Opens a bucket at the given server, or at the one that the SDK's environment names if
    /// <paramref name="endpoint"/> is null.
    /// </summary>
    internal static S3ObjectStore Open(string bucket, TimeProvider clock, S3Endpoint? endpoint)
    {
        if (bucket.Length == 0 || bucket.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new ObjectStoreException(ObjectStoreFault.BadLocation, $"'{bucket}' is not an S3 bucket name");
        }

        var http = new S3HttpClientFactory();
        try
        {
            var configuration = Configuration(endpoint?.Url, http);
            var client = endpoint is null
                ? new AmazonS3Client(configuration)
                : new AmazonS3Client(endpoint.AccessKey, endpoint.SecretKey, configuration);
            return new S3ObjectStore(client, http, bucket, clock);
        }
        catch (Exception exception) when (exception is AmazonClientException or ArgumentException or UriFormatException)
        {
            http.Dispose();
            const string Hint = "S3 is not configured: set AWS_REGION, and AWS_ENDPOINT_URL for a server of your own";
            throw new ObjectStoreException(ObjectStoreFault.BadLocation, $"{Hint} ({exception.Message})", exception);
        }
    }

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        CallAsync($"read {key}", async limited =>
        {
            using var response = await _client.GetObjectAsync(_bucket, key, limited);
            var bytes = await ReadAsync(response, key, DocumentLimits.Of(key), limited);
            return (StoredObject?)new StoredObject(bytes, EntityTag.Opaque(response.Metadata[S3AnswerHandler.TagName]));
        }, absent: () => null, cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        CallAsync($"read {key}", async limited =>
        {
            var response = await _client.GetObjectAsync(_bucket, key, limited);
            return (ObjectContent?)new ObjectContent(response.ResponseStream, LengthOf(response), response);
        }, absent: () => null, cancellationToken);

    /// <inheritdoc/>
    public async Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken)
    {
        if (condition.ETag is { Length: 0 })
        {
            return PutOutcome.NotSupported;
        }

        var form = _tagForm;
        var outcome = await PutOnceAsync(key, bytes, condition, form, cancellationToken);
        if (condition.ETag is null)
        {
            return outcome;
        }

        // The write was refused although the object is unchanged: the server expects the tag in another form.
        var others = Enum.GetValues<EntityTagForm>().Where(other => other != form).GetEnumerator();
        while (outcome == PutOutcome.PreconditionFailed
            && others.MoveNext()
            && (await GetAsync(key, cancellationToken))?.ETag == condition.ETag)
        {
            outcome = await PutOnceAsync(key, bytes, condition, others.Current, cancellationToken);
            _tagForm = outcome == PutOutcome.Stored ? others.Current : _tagForm;
        }

        return outcome;
    }

    /// <inheritdoc/>
    public Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken) =>
        CallAsync($"copy {sourceKey}", async limited =>
        {
            await _client.CopyObjectAsync(_bucket, sourceKey, _bucket, destinationKey, limited);
            return true;
        }, absent: () => false, cancellationToken, isWrite: true);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string keyPrefix, string? after, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<string>>($"list {keyPrefix}", async limited =>
        {
            List<string> keys = [];
            var request = new ListObjectsV2Request
            {
                BucketName = _bucket,
                Prefix = keyPrefix,
                StartAfter = after,

                // Without a delimiter a prefix without events of its own would be listed through the events of others.
                Delimiter = "/",
            };
            ListObjectsV2Response page;
            var pages = 0;
            do
            {
                page = await _client.ListObjectsV2Async(request, limited);
                keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (page.IsTruncated == true && keys.Count < ObjectStores.MaxListed && ++pages < MaxPages);

            keys.Sort(StringComparer.Ordinal);
            return [.. keys.Take(ObjectStores.MaxListed)];
        }, absent: () => [], cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        CallAsync($"delete {key}", async limited =>
        {
            await _client.DeleteObjectAsync(_bucket, key, limited);
            return true;
        }, absent: () => true, cancellationToken, isWrite: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private static AmazonS3Config Configuration(string? url, S3HttpClientFactory http)
    {
        var configuration = new AmazonS3Config
        {
            HttpClientFactory = http,
            MaxErrorRetry = Retries,
            MaxStaleConnectionRetries = StaleConnectionRetries,
            Timeout = ObjectStores.CallLimit,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if ((url ?? configuration.ServiceURL) is { } custom)
        {
            // Setting the region clears the URL, and setting the URL clears the region: in this order both are kept.
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
        EntityTagForm form,
        CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync($"write {key}", async limited =>
            {
                using var content = new MemoryStream(bytes.ToArray(), writable: false);
                await _client.PutObjectAsync(RequestOf(key, content, condition, form), limited);
                return PutOutcome.Stored;
            }, absent: null, cancellationToken, isWrite: true);
        }
        catch (ObjectStoreException exception) when (OutcomeOf(exception, condition) is { } outcome)
        {
            return outcome;
        }
    }

    private PutObjectRequest RequestOf(string key, Stream content, PutCondition condition, EntityTagForm form) => new()
    {
        BucketName = _bucket,
        Key = key,
        InputStream = content,
        ContentType = "application/json",
        UseChunkEncoding = false,
        IfNoneMatch = condition.MustBeAbsent ? "*" : null,
        IfMatch = condition.ETag is { } etag ? EntityTag.Format(etag, form) : null,
    };

    /// <summary>
    /// Returns what a failed write may have done, or null if it certainly did nothing and the failure is reported.
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

    /// <summary>
    /// Reads the content up to a bound. The length that the server names is used only to refuse the object early.
    /// </summary>
    private async Task<byte[]> ReadAsync(
        GetObjectResponse response, string key, int limitBytes, CancellationToken cancellationToken)
    {
        if (LengthOf(response) > limitBytes)
        {
            throw TooLarge(key, limitBytes);
        }

        try
        {
            await using var content = ContentCoding.Decode(response.ResponseStream, response.Metadata[S3AnswerHandler.CodingName]);
            using var bytes = new MemoryStream();
            var buffer = new byte[ReadBytes];
            while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > limitBytes)
                {
                    throw TooLarge(key, limitBytes);
                }
            }

            return bytes.ToArray();
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            throw new ObjectStoreException(
                ObjectStoreFault.Corrupt, $"{key} in the {Description} cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            throw new ObjectStoreException(
                ObjectStoreFault.Unavailable, $"the {Description} broke off in the middle of {key}", exception);
        }
    }

    private ObjectStoreException TooLarge(string key, int limitBytes) => new(
        ObjectStoreFault.TooLarge, $"{key} in the {Description} has more than {DocumentLimits.Text(limitBytes)}");

    /// <summary>Returns the length that the server names, or null if it sends the content in chunks.</summary>
    private static long? LengthOf(GetObjectResponse response) =>
        response.ContentLength > 0 ? response.ContentLength : null;

    private async Task<T> CallAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> call,
        Func<T>? absent,
        CancellationToken cancellationToken,
        bool isWrite = false)
    {
        using var limit = new CancellationTokenSource(ObjectStores.CallLimit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await CallTwiceAsync(call, both.Token);
        }
        catch (AmazonS3Exception exception) when (absent is not null && IsAbsent(exception))
        {
            return absent();
        }
        catch (Exception exception) when (IsTimeout(exception, limit.Token) && !cancellationToken.IsCancellationRequested)
        {
            var seconds = ObjectStores.CallLimit.TotalSeconds;
            throw new ObjectStoreException(
                ObjectStoreFault.TimedOut, $"the {Description} did not answer within {seconds} s: {what}", exception);
        }
        catch (Exception exception) when (exception is not ObjectStoreException and not OperationCanceledException)
        {
            // A bare socket exception means that the server reset the connection while the HTTP client was setting it
            // up; other exceptions mean that the SDK cannot handle a malformed answer.
            throw Explain(exception, what, isWrite);
        }
    }

    /// <summary>
    /// Repeats a call once after a 400 without an S3 error code. Ceph RGW refuses a write without reading its body and
    /// takes the rest of the body for the next request on the connection, so this 400 answers a request that was never
    /// sent.
    /// </summary>
    private static async Task<T> CallTwiceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken limited)
    {
        try
        {
            return await call(limited);
        }
        catch (AmazonS3Exception exception) when (exception is { StatusCode: HttpStatusCode.BadRequest, ErrorCode: "BadRequest" or null })
        {
            return await call(limited);
        }
    }

    private static bool IsTimeout(Exception e, CancellationToken limit) =>
        e is OperationCanceledException or TimeoutException
        || (limit.IsCancellationRequested && e is AmazonServiceException or AmazonClientException);

    private static bool IsAbsent(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is not "NoSuchBucket";

    private ObjectStoreException Explain(Exception e, string what, bool isWrite)
    {
        var (fault, message) = e switch
        {
            AmazonS3Exception { ErrorCode: "NoSuchBucket" } =>
                (ObjectStoreFault.NoSuchBucket, $"there is no {Description}"),
            AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } denied =>
                (ObjectStoreFault.Denied, $"the {Description} refuses to {what}: {denied.ErrorCode}{HintOf(denied, isWrite)}"),
            AmazonServiceException { StatusCode: >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest } moved =>
                (ObjectStoreFault.Refused, $"the {Description} is elsewhere ({CodesOf(moved)}): set AWS_REGION or "
                    + "AWS_ENDPOINT_URL to where it is"),
            AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } failed =>
                (ObjectStoreFault.Unavailable, $"the {Description} fails to {what}: {CodesOf(failed)}"),
            AmazonServiceException { StatusCode: not default(HttpStatusCode) } refused =>
                (ObjectStoreFault.Refused, $"the {Description} refuses to {what}: {CodesOf(refused)}"),
            AmazonClientException { InnerException: not HttpRequestException } client when IsAboutCredentials(client) =>
                (ObjectStoreFault.Denied, $"no credentials for the {Description}: set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY"),
            AmazonClientException or HttpRequestException or IOException or SocketException =>
                (ObjectStoreFault.Unavailable, $"the {Description} cannot be reached: {e.GetBaseException().Message}"),
            _ => (ObjectStoreFault.Unavailable,
                $"the {Description} sent an answer to {what} that cannot be understood: {e.GetBaseException().Message}"),
        };
        return new ObjectStoreException(fault, message, e)
        {
            // Wrong keys are refused for reads too; only a missing right concerns writes alone.
            IsWriteDenied = isWrite && e is AmazonServiceException { StatusCode: HttpStatusCode.Forbidden, ErrorCode: AccessDenied },
        };
    }

    /// <summary>
    /// Returns a hint for the error message: to callers who may not list, S3 refuses to read a missing object instead
    /// of saying that it is missing.
    /// </summary>
    private static string HintOf(AmazonServiceException denied, bool isWrite) =>
        denied.ErrorCode == AccessDenied && !isWrite
            ? " (without the right s3:ListBucket, an object that does not exist is refused in the same way)"
            : "";

    private static string CodesOf(AmazonServiceException e) => $"{(int)e.StatusCode} {e.ErrorCode}";

    private static bool IsAboutCredentials(AmazonClientException e) =>
        e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase);
}
