using System.Security.Cryptography;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// An object store in a directory with the layout of a bucket: one file for each object. Several processes on one
/// machine may share the directory. Writers hold a lock file, so that conditions are exact, and replace files whole, so
/// that readers need no lock. The directory itself may be a link; below it no link is followed and only regular files
/// are opened.
/// </summary>
public sealed class DirectoryObjectStore : IObjectStore
{
    /// <summary>
    /// Most calls that may be in the kernel at once. A dead network file system blocks each call for ever, and must not
    /// take all threads of the process.
    /// </summary>
    private const int MaxCalls = 8;

    private readonly string _root;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _calls = new(MaxCalls, MaxCalls);

    private DirectoryObjectStore(string root, TimeProvider clock) => (_root, _clock) = (root, clock);

    /// <inheritdoc/>
    public string Description => $"directory {_root}";

    /// <summary>
    /// Opens a directory as a store and creates it if its parent exists. The directory need not be writable.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.BadLocation"/>: the path is a file, has no parent directory, or cannot be created.
    /// </exception>
    public static DirectoryObjectStore Open(string directory, TimeProvider clock)
    {
        if (directory.Length == 0)
        {
            throw BadLocation("file: needs a directory, as in file:/srv/store");
        }

        var root = ObjectStores.CanonicalDirectory(directory);
        if (File.Exists(root))
        {
            throw BadLocation($"{root} is a file, not a directory");
        }

        if (!Directory.Exists(root))
        {
            Make(root);
        }

        RemoveLeftovers(root);
        return new DirectoryObjectStore(root, clock);
    }

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        RunAsync(() => Read(Checked(key), DocumentLimits.Of(key)), null, cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        RunAsync(() => OpenRead(Checked(key)), null, cancellationToken);

    /// <inheritdoc/>
    public async Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken)
    {
        Checked(key);
        try
        {
            var held = await LockAsync(cancellationToken);
            return await RunAsync(() => Put(key, bytes.Span, condition), held, cancellationToken, isWrite: true);
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.TimedOut && condition != PutCondition.None)
        {
            return PutOutcome.Unknown;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken)
    {
        Checked(destinationKey);
        var held = await LockAsync(cancellationToken);
        return await RunAsync(
            () => Read(Checked(sourceKey), DocumentLimits.Of(sourceKey)) is { } source
                && Put(destinationKey, source.Bytes.Span, PutCondition.None) == PutOutcome.Stored,
            held,
            cancellationToken,
            isWrite: true);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string keyPrefix, string? after, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<string>>(() => List(keyPrefix, after), null, cancellationToken);

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        Checked(key);
        var held = await LockAsync(cancellationToken);
        await RunAsync(() => Delete(key), held, cancellationToken, isWrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The semaphore is not disposed of: it has no wait handle, and a hanging call still releases its place one day.
    }

    private static ObjectStoreException BadLocation(string message, Exception? cause = null) =>
        new(ObjectStoreFault.BadLocation, message, cause);

    private static void Make(string root)
    {
        if (!Directory.Exists(Path.GetDirectoryName(root)))
        {
            throw BadLocation($"the parent directory of {root} does not exist");
        }

        try
        {
            Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw BadLocation($"cannot make the directory {root}: {exception.Message}", exception);
        }
    }

    /// <summary>Removes half-written files where that is permitted; a store may be read-only.</summary>
    private static void RemoveLeftovers(string root)
    {
        try
        {
            using var own = DirectoryLayout.TryOpen(root, [DirectoryLayout.OwnDirectory]);
            if (own?.TryGetStatus(DirectoryLayout.LockName) is null)
            {
                return;
            }

            using var held = DirectoryLayout.TryLock(own);
            if (held is not null)
            {
                DurableFile.RemoveLeftovers(own);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ignored: the first call on the store reports the problem.
        }
    }

    private StoredObject? Read(string key, int limitBytes)
    {
        using var directory = DirectoryLayout.TryOpenParent(_root, key);
        return directory?.Read(NameOf(key), limitBytes) is { } bytes
            ? new StoredObject(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)))
            : null;
    }

    private ObjectContent? OpenRead(string key)
    {
        using var directory = DirectoryLayout.TryOpenParent(_root, key);
        if (directory?.TryOpenFile(NameOf(key)) is not { } handle)
        {
            return null;
        }

        var file = new FileStream(handle, FileAccess.Read);
        return new ObjectContent(file, file.Length);
    }

    private PutOutcome Put(string key, ReadOnlySpan<byte> bytes, PutCondition condition)
    {
        if (!Holds(key, condition))
        {
            return PutOutcome.PreconditionFailed;
        }

        using var own = OpenOwn();
        using var directory = DirectoryLayout.OpenOrMake(_root, key.Split('/')[..^1]);
        DirectoryLayout.Write(directory, NameOf(key), own, bytes);
        return PutOutcome.Stored;
    }

    private bool Holds(string key, PutCondition condition)
    {
        if (condition.MustBeAbsent)
        {
            using var directory = DirectoryLayout.TryOpenParent(_root, key);
            return directory?.TryGetStatus(NameOf(key)) is null;
        }

        return condition.ETag is not { } etag || Read(key, DocumentLimits.Of(key))?.ETag == etag;
    }

    private bool Delete(string key)
    {
        using var directory = DirectoryLayout.TryOpenParent(_root, key);
        directory?.Delete(NameOf(key));
        return true;
    }

    private string[] List(string keyPrefix, string? after)
    {
        var parts = keyPrefix.Split('/');
        if (keyPrefix.Contains('/'))
        {
            Checked(keyPrefix.EndsWith('/') ? keyPrefix[..^1] : keyPrefix);
        }

        using var directory = DirectoryLayout.TryOpen(_root, parts[..^1]);
        if (directory is null)
        {
            return [];
        }

        // Lists only the first files of the folder, and holds no more than those in memory.
        var folder = keyPrefix[..^parts[^1].Length];
        var first = new PriorityQueue<string, string>(Comparer<string>.Create((x, y) => string.CompareOrdinal(y, x)));
        foreach (var name in directory.FileNames(parts[^1]))
        {
            var key = folder + name;
            if (after is not null && string.CompareOrdinal(key, after) <= 0)
            {
                continue;
            }

            if (first.Count < ObjectStores.MaxListed)
            {
                first.Enqueue(key, key);
            }
            else
            {
                first.EnqueueDequeue(key, key);
            }
        }

        return [.. first.UnorderedItems.Select(item => item.Element).Order(StringComparer.Ordinal)];
    }

    private DirectoryHandle OpenOwn() => DirectoryLayout.OpenOrMake(_root, [DirectoryLayout.OwnDirectory]);

    private async Task<FileLock> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(_root, DirectoryLayout.OwnDirectory, DirectoryLayout.LockName);
        try
        {
            return await FileLock.TakeAsync(
                () => RunAsync(TryLock, null, cancellationToken, isWrite: true),
                path,
                ObjectStores.CallLimit,
                _clock,
                cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new ObjectStoreException(ObjectStoreFault.TimedOut, $"the {Description} is busy: {exception.Message}", exception);
        }
    }

    private FileLock? TryLock()
    {
        using var own = OpenOwn();
        return DirectoryLayout.TryLock(own);
    }

    private static string NameOf(string key) => key[(key.LastIndexOf('/') + 1)..];

    private string Checked(string key) => DirectoryLayout.IsKey(key)
        ? key
        : throw new ObjectStoreException(ObjectStoreFault.Refused, $"'{key}' cannot be a key in the {Description}");

    /// <summary>
    /// Runs file I/O on another thread, within the time limit of a call. A call that hangs in the kernel is abandoned,
    /// not ended: its resources are released when it returns.
    /// </summary>
    private async Task<T> RunAsync<T>(
        Func<T> call, IDisposable? held, CancellationToken cancellationToken, bool isWrite = false)
    {
        using var limit = new CancellationTokenSource(ObjectStores.CallLimit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Task<T>? running = null;
        try
        {
            await _calls.WaitAsync(both.Token);
            running = Task.Run(() => Run(call, held), CancellationToken.None);
            return await running.WaitAsync(both.Token);
        }
        catch (OperationCanceledException exception)
        {
            Abandon(running, held);
            cancellationToken.ThrowIfCancellationRequested();
            var seconds = ObjectStores.CallLimit.TotalSeconds;
            throw new ObjectStoreException(
                ObjectStoreFault.TimedOut, $"the {Description} did not answer within {seconds} s", exception);
        }
        catch (Exception exception) when (exception is not ObjectStoreException)
        {
            throw Explain(exception, isWrite);
        }
    }

    private T Run<T>(Func<T> call, IDisposable? held)
    {
        try
        {
            return call();
        }
        finally
        {
            held?.Dispose();
            _calls.Release();
        }
    }

    private static void Abandon<T>(Task<T>? running, IDisposable? held)
    {
        if (running is null)
        {
            held?.Dispose();
            return;
        }

        _ = running.ContinueWith(
            late => (late.Result as IDisposable)?.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
    }

    private ObjectStoreException Explain(Exception e, bool isWrite) => e switch
    {
        UnauthorizedAccessException =>
            new ObjectStoreException(ObjectStoreFault.Denied, $"the {Description} refuses: {e.Message}", e)
            {
                IsWriteDenied = isWrite,
            },
        FileTooLargeException => new ObjectStoreException(ObjectStoreFault.TooLarge, e.Message, e),
        NotRegularFileException => new ObjectStoreException(ObjectStoreFault.Refused, e.Message, e),
        _ => new ObjectStoreException(ObjectStoreFault.Unavailable, $"the {Description} fails: {e.Message}", e),
    };
}
