using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// An exclusive lock between processes, held as long as this object lives. The kernel frees the lock of a killed
/// process.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock without waiting; returns null if another process holds it.</summary>
    /// <exception cref="IOException">The file cannot be created, or its file system has no locks.</exception>
    public static FileLock? TryTake(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        return TryTake(directory, Path.GetFileName(path));
    }

    /// <summary>Takes the lock without waiting; returns null if another process holds it.</summary>
    /// <param name="directory">Directory of the lock file.</param>
    /// <param name="name">Name of the lock file.</param>
    /// <param name="prepare">Sets owner and mode of the file when it is created; null keeps 0600.</param>
    /// <exception cref="IOException">
    /// The file cannot be created, is not a regular file, or its file system has no locks.
    /// </exception>
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

    /// <summary>Takes the lock, waiting at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">Another process held the lock all the time.</exception>
    public static Task<FileLock> TakeAsync(
        string path, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken) =>
        TakeAsync(() => Task.FromResult(TryTake(path)), path, limit, clock, cancellationToken);

    /// <summary>Calls <paramref name="tryTake"/> until it succeeds, for at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">Another process held the lock all the time.</exception>
    public static async Task<FileLock> TakeAsync(
        Func<Task<FileLock?>> tryTake, string path, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            if (await tryTake() is { } taken)
            {
                return taken;
            }

            if (clock.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"{path} is locked by another process");
            }

            // Jitter keeps waiting processes from asking in step; the bound keeps the wait after a release short.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), clock, cancellationToken);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 2, 20));
        }
    }

    public void Dispose() => _file.Dispose();
}
