using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// The records of one service that survive a restart, in <c>STATE/APP-XXXXXXXX/</c>: files 0600, directory 0700, each
/// file replaced whole and synced. One process holds the lock of the directory; the kernel frees the lock of a killed
/// process. A file that lies in the way of a record or cannot be understood is moved to another name, with a warning.
/// </summary>
public sealed class LocalState : IDisposable
{
    /// <summary>Most events that may wait for the store; beyond this number the oldest are dropped.</summary>
    internal const int MaxPendingEvents = 10_000;

    /// <summary>Most events written to the store in one round.</summary>
    internal const int EventsAtOnce = 1_000;

    private const string LockName = "lock";
    private const string EventsName = "events";
    private const string EventEnd = ".json";
    private const int MaxWarnings = 16;

    private readonly Lock _gate = new();
    private readonly List<string> _warnings = [];
    private readonly DirectoryHandle _directory;
    private readonly DirectoryHandle _events;
    private Action<string>? _onWarning;
    private FileLock? _lock;
    private int _pendingCount;

    private LocalState(string stateDirectory, string name)
    {
        _directory = StateDirectory.Open(stateDirectory, name, Warn);
        _events = OpenEvents();
        _pendingCount = CountPendingEvents();
    }

    /// <summary>Path of the directory that holds all records.</summary>
    public string FullPath => _directory.FullPath;

    /// <summary>Whether this process holds the lock of the directory.</summary>
    public bool IsLocked => _lock is not null;

    /// <summary>Returns the state directory that is used without <c>--state-dir</c>.</summary>
    /// <returns>
    /// <c>/var/lib/wunderproxy</c> if it can be created or written, else <c>~/.local/state/wunderproxy</c>.
    /// </returns>
    /// <exception cref="StateUnwritableException">
    /// Neither directory can be used, because HOME is not an absolute path.
    /// </exception>
    public static string DefaultDirectory() => StateDirectory.Default(Environment.GetEnvironmentVariable);

    /// <summary>Opens the state of a service and creates its directory; takes no lock.</summary>
    /// <exception cref="StateUnwritableException">
    /// The directory cannot be created, is not writable, is a link or belongs to another user.
    /// </exception>
    public static LocalState Open(string stateDirectory, ServiceName service) =>
        Guard(stateDirectory, () => new LocalState(stateDirectory, service.DirectoryName));

    /// <summary>Takes the lock of the directory without waiting.</summary>
    /// <returns>False if another process holds the lock.</returns>
    /// <exception cref="StateUnwritableException">The lock file cannot be created.</exception>
    public bool TryLock()
    {
        if (_lock is not null)
        {
            return true;
        }

        _lock = Guard(FullPath, () => WithoutObstacle(_directory, LockName, () => FileLock.TryTake(_directory, LockName)));
        if (_lock is not null)
        {
            // Only the holder of the lock may do this: temporary files of another process may still be written.
            Guard(FullPath, () => DurableFile.RemoveLeftovers(_directory));
        }

        return _lock is not null;
    }

    /// <summary>Releases the lock for the process that takes over.</summary>
    public void Unlock()
    {
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>Sets the listener for warnings, and passes it the warnings so far.</summary>
    public void ListenToWarnings(Action<string> onWarning)
    {
        string[] before;
        lock (_gate)
        {
            _onWarning = onWarning;
            before = [.. _warnings];
        }

        Array.ForEach(before, onWarning);
    }

    /// <summary>
    /// Reads a JSON document. A document that cannot be understood, is too large or is not a regular file is moved
    /// aside: the labels of the containers supply what is lost.
    /// </summary>
    /// <param name="name">File name of the document.</param>
    /// <param name="type">JSON type of the document.</param>
    /// <param name="findFault">
    /// Returns what is wrong with a document that is JSON of this type, or null if nothing is.
    /// </param>
    /// <returns>The document, or null if there is none.</returns>
    /// <exception cref="StateUnreadableException">The document exists, but the file system cannot read it.</exception>
    public T? ReadDocument<T>(string name, JsonTypeInfo<T> type, Func<T, string?>? findFault = null)
        where T : class
    {
        try
        {
            if (ReadOwn(_directory, name, DocumentLimits.LocalRecord) is not { } bytes)
            {
                return null;
            }

            var document = JsonSerializer.Deserialize(LenientJson.Repair(bytes).Span, type);
            var fault = document is null ? "it is empty" : findFault?.Invoke(document);
            if (fault is null)
            {
                return document;
            }

            PutAside(_directory, name, fault);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NotSupportedException or FormatException)
        {
            // Documents are replaced whole, so somebody edited this one or the disk lost it.
            PutAside(_directory, name, "it is not a valid document of its kind");
        }
        catch (Exception exception) when (exception is NotRegularFileException or FileTooLargeException)
        {
            PutAside(_directory, name, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StateUnreadableException($"the local record cannot be read: {exception.Message}", exception);
        }

        return null;
    }

    /// <summary>Writes a JSON document; the document is durable when the method returns.</summary>
    /// <exception cref="StateUnwritableException">The document cannot be written; the old one still stands.</exception>
    public void WriteDocument<T>(string name, T document, JsonTypeInfo<T> type) =>
        Write(_directory, name, JsonSerializer.SerializeToUtf8Bytes(document, type));

    /// <summary>Releases the lock and closes the directory.</summary>
    public void Dispose()
    {
        Unlock();
        _events.Dispose();
        _directory.Dispose();
    }

    /// <summary>
    /// Number of events that wait for the store, without I/O: counted at the start and by each look for events, and kept up
    /// to date by each write and removal.
    /// </summary>
    internal int PendingCount => Math.Max(0, Volatile.Read(ref _pendingCount));

    internal IReadOnlyList<string> PendingEvents()
    {
        try
        {
            var names = PendingNames().ToArray();
            Volatile.Write(ref _pendingCount, names.Length);
            Array.Sort(names, StringComparer.Ordinal);
            var surplus = Math.Max(0, names.Length - MaxPendingEvents);
            if (surplus > 0)
            {
                Warn($"more than {MaxPendingEvents} events wait for the store: the oldest are given up");
                Array.ForEach(names[..surplus], RemovePendingEvent);
            }

            return [.. names.Skip(surplus).Take(EventsAtOnce)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Reads an event that waits for the store.</summary>
    /// <returns>
    /// The event, or null if it is missing or cannot be read; an event that can never be read is moved aside.
    /// </returns>
    internal byte[]? ReadPendingEvent(string name)
    {
        try
        {
            return ReadOwn(_events, name, DocumentLimits.Event);
        }
        catch (Exception exception) when (exception is NotRegularFileException or FileTooLargeException)
        {
            RejectPendingEvent(name, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next round tries again.
        }

        return null;
    }

    internal void RejectPendingEvent(string name, string reason) => PutAside(_events, name, reason);

    internal void AddPendingEvent(string name, ReadOnlySpan<byte> bytes)
    {
        Write(_events, name, bytes);
        Interlocked.Increment(ref _pendingCount);
    }

    internal void RemovePendingEvent(string name)
    {
        try
        {
            _events.Delete(name);
            Interlocked.Decrement(ref _pendingCount);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Harmless: the same event is written again under the same key.
        }
    }

    private IEnumerable<string> PendingNames() =>
        _events.FileNames("").Where(name => name.EndsWith(EventEnd, StringComparison.Ordinal));

    private int CountPendingEvents()
    {
        try
        {
            return PendingNames().Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next look for events counts them.
            return 0;
        }
    }

    private DirectoryHandle OpenEvents()
    {
        try
        {
            return WithoutObstacle(
                _directory, EventsName, () => _directory.OpenOrMakeDirectory(EventsName, StateDirectory.OwnerOnly));
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file of the state and refuses one that another user owns, because it may be planted.</summary>
    private static byte[]? ReadOwn(DirectoryHandle directory, string name, int limitBytes)
    {
        using var file = directory.TryOpenFile(name);
        if (file is null)
        {
            return null;
        }

        var path = directory.PathOf(name);
        return Posix.StatusOf(file, path) is var status && StateDirectory.IsTrusted(status.User)
            ? BoundedFile.Read(file, path, limitBytes)
            : throw new NotRegularFileException($"{path} belongs to user {status.User}");
    }

    private void Write(DirectoryHandle directory, string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            try
            {
                DurableFile.Write(directory, name, _directory, bytes);
            }
            catch (NotRegularFileException exception)
            {
                PutAside(directory, name, exception.Message);
                DurableFile.Write(directory, name, _directory, bytes);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(FullPath, exception);
        }
    }

    private T WithoutObstacle<T>(DirectoryHandle directory, string name, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (NotRegularFileException exception)
        {
            PutAside(directory, name, exception.Message);
            return action();
        }
    }

    /// <summary>Moves a file to another name and warns.</summary>
    /// <exception cref="StateUnwritableException">The directory cannot be written.</exception>
    private void PutAside(DirectoryHandle directory, string name, string reason)
    {
        var aside = $"{name}.rejected-{Guid.NewGuid().ToString("n")[..8]}";
        try
        {
            directory.TakeOver(directory, name, aside);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(FullPath, exception);
        }

        Warn($"{directory.PathOf(name)} was put aside as {aside}: {reason}");
    }

    private void Warn(string message)
    {
        Action<string>? onWarning;
        lock (_gate)
        {
            if (_warnings.Count >= MaxWarnings || _warnings.Contains(message))
            {
                return;
            }

            _warnings.Add(message);
            onWarning = _onWarning;
        }

        onWarning?.Invoke(message);
    }

    private static void Guard(string path, Action action) => Guard(path, () =>
    {
        action();
        return true;
    });

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    private static StateUnwritableException Unwritable(string path, Exception cause) =>
        new($"the state directory {path} cannot be written: {cause.Message}", cause);
}
