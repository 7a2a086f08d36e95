using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// The records of one service that survive a restart, in <c>STATE/APP-XXXXXXXX/</c>: files 0600, directory 0700, each
/// replaced whole and synced. One process holds its lock; a killed one loses it.
/// </summary>
public sealed class LocalState : IDisposable
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;

    private FileLock? _lock;

    private LocalState(string directory) => FullPath = directory;

    /// <summary>The directory that everything lies in.</summary>
    public string FullPath { get; }

    /// <summary>Whether this process holds the lock.</summary>
    public bool IsLocked => _lock is not null;

    private string EventsPath => Path.Combine(FullPath, "events");

    /// <summary>Where the state lies when nothing is said.</summary>
    /// <returns>
    /// <c>/var/lib/wunderproxy</c> when it can be made or written, else <c>~/.local/state/wunderproxy</c>.
    /// </returns>
    public static string DefaultDirectory()
    {
        const string System = "/var/lib/wunderproxy";
        try
        {
            Directory.CreateDirectory(System, DirectoryMode);
            var probe = Path.Combine(System, $".probe-{Guid.NewGuid():n}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return System;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(home, ".local", "state", "wunderproxy");
        }
    }

    /// <summary>Opens the state of a service, making its directory; takes no lock yet.</summary>
    /// <exception cref="StateUnwritableException">The directory cannot be made or is not writable.</exception>
    public static LocalState Open(string stateDirectory, ServiceName service)
    {
        var state = new LocalState(Path.Combine(Path.GetFullPath(stateDirectory), service.DirectoryName));
        state.Guard(() =>
        {
            Directory.CreateDirectory(state.FullPath, DirectoryMode);
            File.SetUnixFileMode(state.FullPath, DirectoryMode);
            Directory.CreateDirectory(state.EventsPath, DirectoryMode);
        });
        return state;
    }

    /// <summary>Takes the lock.</summary>
    /// <returns>False when another process has it.</returns>
    /// <exception cref="StateUnwritableException">The lock file cannot be made.</exception>
    public bool TryLock()
    {
        Guard(() => _lock ??= FileLock.TryTake(Path.Combine(FullPath, "lock")));
        if (_lock is not null)
        {
            // Only the holder may: another process's temporary files are still being written.
            Guard(RemoveLeftovers);
        }

        return _lock is not null;
    }

    /// <summary>Gives the lock up, to the process that takes over.</summary>
    public void Unlock()
    {
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>Reads a JSON document of this state; null when there is none, or it cannot be read.</summary>
    public T? ReadDocument<T>(string name, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return ReadFile(Path.Combine(FullPath, name)) is { } bytes ? JsonSerializer.Deserialize(bytes, type) : null;
        }
        catch (JsonException)
        {
            // A document is replaced whole, so this is somebody's edit; the containers' labels tell the rest.
            return null;
        }
    }

    /// <summary>Writes a JSON document of this state; durable when it returns.</summary>
    /// <exception cref="StateUnwritableException">It cannot be written; the old one stands.</exception>
    public void WriteDocument<T>(string name, T document, JsonTypeInfo<T> type) =>
        WriteFile(name, JsonSerializer.SerializeToUtf8Bytes(document, type));

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => Unlock();

    internal IReadOnlyList<string> PendingEvents() =>
        Directory.Exists(EventsPath)
            ? [.. Directory.EnumerateFiles(EventsPath, "*.json")
                .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
            : [];

    internal byte[]? ReadPendingEvent(string name) => ReadFile(Path.Combine(EventsPath, name));

    internal void AddPendingEvent(string name, ReadOnlySpan<byte> bytes) =>
        WriteFile(Path.Combine("events", name), bytes);

    internal void RemovePendingEvent(string name)
    {
        try
        {
            File.Delete(Path.Combine(EventsPath, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is written again under the same key: the same event.
        }
    }

    private static byte[]? ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void WriteFile(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(FullPath, name);
        var temporary = Path.Combine(FullPath, $"write.{Guid.NewGuid():n}");
        try
        {
            DurableFile.Write(path, temporary, bytes, FileMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    private void RemoveLeftovers()
    {
        foreach (var leftover in Directory.EnumerateFiles(FullPath, "write.*"))
        {
            File.Delete(leftover);
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    private StateUnwritableException Unwritable(Exception cause) =>
        new($"the state directory {FullPath} cannot be written: {cause.Message}", cause);
}
