using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>An exclusive lock between processes, held while the object lives. A killed process loses it.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or returns null at once when somebody has it.</summary>
    /// <exception cref="IOException">The file cannot be made, or its file system has no locks.</exception>
    public static FileLock? TryTake(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        return TryTake(directory, Path.GetFileName(path));
    }

    /// <summary>Takes the lock, or returns null at once when somebody has it.</summary>
    /// <param name="directory">Where its file lies.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="prepare">Sets owner and mode of the file when it is made; null for 0600.</param>
    /// <exception cref="IOException">The file cannot be made, is no regular file, or its file system has no locks.</exception>
    public static FileLock? TryTake(DirectoryHandle directory, string name, Action<SafeFileHandle>? prepare = null)
    {
        var file = directory.OpenForLock(name, prepare);
        try
        {
            if (Posix.TryLock(file))
            {
                return new FileLock(file);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Takes the lock, waiting for it at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">Somebody else had it all the time.</exception>
    public static Task<FileLock> TakeAsync(
        string path, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        TakeAsync(() => Task.FromResult(TryTake(path)), path, limit, time, cancellationToken);

    /// <summary>Tries until the lock is there, at most for <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">Somebody else had it all the time.</exception>
    public static async Task<FileLock> TakeAsync(
        Func<Task<FileLock?>> tryTake, string path, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            if (await tryTake() is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"{path} is locked by another process");
            }

            // Jitter keeps waiting processes from asking in step; the bound keeps the wait after a release short.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 2, 20));
        }
    }

    public void Dispose() => _file.Dispose();
}
