using System.Security.Cryptography;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// A directory with the layout of a bucket: one file for each object. Processes on one machine may share it; writes
/// hold a lock file, so that conditions are exact, and replace files whole, so that readers need no lock.
/// </summary>
public sealed class DirectoryObjectStore : IObjectStore
{
    private const string OwnDirectory = ".wunderproxy";

    private readonly string _root;
    private readonly TimeProvider _time;

    private DirectoryObjectStore(string root, TimeProvider time) => (_root, _time) = (root, time);

    /// <inheritdoc/>
    public string Description => $"directory {_root}";

    private string Own => Path.Combine(_root, OwnDirectory);

    /// <summary>Opens a directory; makes it when its parent exists.</summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.BadLocation"/>: a plain file, no parent, or it may not be made.
    /// </exception>
    public static DirectoryObjectStore Open(string directory, TimeProvider time)
    {
        if (directory.Length == 0)
        {
            throw BadLocation("file: needs a directory, as in file:/srv/store");
        }

        var root = Path.GetFullPath(directory);
        if (File.Exists(root))
        {
            throw BadLocation($"{root} is a file, not a directory");
        }

        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(root));
        if (!Directory.Exists(root) && !Directory.Exists(parent))
        {
            throw BadLocation($"the parent directory of {root} does not exist");
        }

        try
        {
            Directory.CreateDirectory(root);
            RemoveLeftovers(Path.Combine(root, OwnDirectory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BadLocation($"cannot make the directory {root}: {e.Message}", e);
        }

        return new DirectoryObjectStore(root, time);
    }

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        GuardAsync(() => ReadAsync(PathOf(key), cancellationToken));

    /// <inheritdoc/>
    public Task<ObjectContent?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        GuardAsync(() =>
        {
            var file = OpenOrNull(PathOf(key));
            return Task.FromResult(file is null ? null : new ObjectContent(file, file.Length));
        });

    /// <inheritdoc/>
    public Task<PutOutcome> PutAsync(
        string key, ReadOnlyMemory<byte> bytes, PutCondition condition, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var path = PathOf(key);
            using var held = await LockAsync(cancellationToken);
            if (!await HoldsAsync(path, condition, cancellationToken))
            {
                return PutOutcome.PreconditionFailed;
            }

            Write(path, bytes);
            return PutOutcome.Stored;
        });

    /// <inheritdoc/>
    public Task<bool> CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            using var held = await LockAsync(cancellationToken);
            if (await ReadAsync(PathOf(sourceKey), cancellationToken) is not { } source)
            {
                return false;
            }

            Write(PathOf(destinationKey), source.Bytes);
            return true;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string keyPrefix, CancellationToken cancellationToken) =>
        GuardAsync(() => Task.FromResult(List(keyPrefix)));

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var path = PathOf(key);
            using var held = await LockAsync(cancellationToken);
            if (File.Exists(path))
            {
                File.Delete(path);
            }

            return true;
        });

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static ObjectStoreException BadLocation(string message, Exception? cause = null) =>
        new(ObjectStoreFault.BadLocation, message, cause);

    /// <summary>What killed processes left half-written; whoever holds the lock knows that nobody writes.</summary>
    private static void RemoveLeftovers(string own)
    {
        if (!Directory.Exists(own))
        {
            return;
        }

        using var held = FileLock.TryTake(Path.Combine(own, "lock"));
        if (held is not null)
        {
            foreach (var leftover in Directory.EnumerateFiles(own, "write.*"))
            {
                File.Delete(leftover);
            }
        }
    }

    private static async Task<StoredObject?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            return new StoredObject(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static FileStream? OpenOrNull(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static async Task<bool> HoldsAsync(string path, PutCondition condition, CancellationToken cancellationToken)
    {
        if (condition.MustBeAbsent)
        {
            return !File.Exists(path);
        }

        return condition.ETag is not { } etag || (await ReadAsync(path, cancellationToken))?.ETag == etag;
    }

    private void Write(string path, ReadOnlyMemory<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Write(path, Path.Combine(Own, $"write.{Guid.NewGuid():n}"), bytes.Span);
    }

    private Task<FileLock> LockAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Own);
        return FileLock.TakeAsync(Path.Combine(Own, "lock"), ObjectStores.CallLimit, _time, cancellationToken);
    }

    private IReadOnlyList<string> List(string keyPrefix)
    {
        var directory = Path.Combine(_root, keyPrefix[..(keyPrefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(directory))
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_root, path))
            .Where(key => key.StartsWith(keyPrefix, StringComparison.Ordinal) && !IsOwn(key))
            .Order(StringComparer.Ordinal)];
    }

    private static bool IsOwn(string key) => key.StartsWith(OwnDirectory + "/", StringComparison.Ordinal);

    private string PathOf(string key)
    {
        // A key is not a path: what would leave the directory, or name its own files, is no key.
        var isKey = key.Length > 0 && key.Split('/').All(part => part is not ("" or "." or ".." or OwnDirectory))
            && !key.Contains('\0');
        return isKey
            ? Path.Combine(_root, key)
            : throw new ObjectStoreException(ObjectStoreFault.Refused, $"'{key}' cannot be a key in the {Description}");
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ObjectStoreException(ObjectStoreFault.Denied, $"the {Description} refuses: {e.Message}", e);
        }
        catch (TimeoutException e)
        {
            throw new ObjectStoreException(ObjectStoreFault.TimedOut, $"the {Description} is busy: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new ObjectStoreException(ObjectStoreFault.Unavailable, $"the {Description} fails: {e.Message}", e);
        }
    }
}
