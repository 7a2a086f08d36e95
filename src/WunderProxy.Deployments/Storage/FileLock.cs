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
        var file = Posix.OpenForLock(path);
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
    public static async Task<FileLock> TakeAsync(
        string path, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            if (TryTake(path) is { } taken)
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
