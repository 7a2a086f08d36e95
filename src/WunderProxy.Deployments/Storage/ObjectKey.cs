using System.Globalization;

namespace WunderProxy.Deployments.Storage;

/// <summary>Builds the keys of all stored documents; no other code builds keys.</summary>
public static class ObjectKey
{
    private const string ConfigStart = "container.";
    private const string JsonEnd = ".json";
    private const string LockStart = "lock.";

    /// <summary>Returns <c>PREFIX/current.json</c>, the key of a copy of the deployed launch config.</summary>
    public static string Current(string prefix) => Join(prefix, "current.json");

    /// <summary>Returns <c>PREFIX/history.json</c>, the key of the deployment history.</summary>
    public static string History(string prefix) => Join(prefix, "history.json");

    /// <summary>Returns <c>PREFIX/container.HASH.json</c>, the key of a launch config.</summary>
    /// <param name="prefix">The service's prefix.</param>
    /// <param name="hash">32 or 64 hexadecimal digits in lower case.</param>
    public static string LaunchConfig(string prefix, string hash) => Join(prefix, ConfigStart + hash + JsonEnd);

    /// <summary>Returns the start of the keys of all launch configs.</summary>
    public static string LaunchConfigs(string prefix) => Join(prefix, ConfigStart);

    /// <summary>
    /// Returns HASH of the key <c>PREFIX/container.HASH.json</c> without validating it, or null if the key is of
    /// another kind.
    /// </summary>
    public static string? LaunchConfigHashIn(string prefix, string key)
    {
        var start = LaunchConfigs(prefix);
        return key.Length > start.Length + JsonEnd.Length
            && key.StartsWith(start, StringComparison.Ordinal) && key.EndsWith(JsonEnd, StringComparison.Ordinal)
                ? key[start.Length..^JsonEnd.Length]
                : null;
    }

    /// <summary>Returns <c>PREFIX/events/TIME-ID.json</c>, the key of an event; keys order as their times do.</summary>
    /// <param name="prefix">The service's prefix.</param>
    /// <param name="at">When the event happened, to 100 ns.</param>
    /// <param name="id">Random part of the key, 16 hexadecimal digits.</param>
    public static string Event(string prefix, DateTimeOffset at, string id)
    {
        var time = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfffffff'Z'", CultureInfo.InvariantCulture);
        return Events(prefix) + time + "-" + id + JsonEnd;
    }

    /// <summary>Returns the random part of an event's key; of a key that somebody chose, what follows its last dash.</summary>
    public static string EventIdIn(string key)
    {
        var id = key[(key.LastIndexOf('-') + 1)..];
        return id.EndsWith(JsonEnd, StringComparison.Ordinal) ? id[..^JsonEnd.Length] : id;
    }

    /// <summary>Returns the start of the keys of all events.</summary>
    public static string Events(string prefix) => Join(prefix, "events/");

    /// <summary>
    /// Returns <c>PREFIX/lock.ID.json</c>, the key of one deployer's claim in a store without conditional writes.
    /// </summary>
    public static string Lock(string prefix, string id) => Lock(prefix, LockStart, id);

    /// <summary>Returns the start of the keys of all claims of deployers.</summary>
    public static string Locks(string prefix) => Locks(prefix, LockStart);

    /// <summary>Returns the key of one claim to a lease.</summary>
    /// <param name="prefix">The service's prefix.</param>
    /// <param name="start">Start of the names of the lease's claims, such as <c>lock.</c>.</param>
    /// <param name="id">Identifies the claim.</param>
    public static string Lock(string prefix, string start, string id) => Locks(prefix, start) + id + JsonEnd;

    /// <summary>Returns the start of the keys of all claims to a lease.</summary>
    public static string Locks(string prefix, string start) => Join(prefix, start);

    /// <summary>Returns <c>PREFIX/acme/NAME</c>, the key of a sealed document about certificates.</summary>
    public static string Acme(string prefix, string name) => Join(prefix, "acme/" + name);

    /// <summary>
    /// Returns <c>PREFIX/probe.ID.json</c>, the key of an object that tests for conditional writes and is deleted at
    /// once.
    /// </summary>
    public static string Probe(string prefix, string id) => Join(prefix, "probe." + id + JsonEnd);

    /// <summary>
    /// Returns <c>PREFIX/image.REVISION.tar</c> and <c>PREFIX/image.REVISION.tar.gz</c>, the possible keys of an image
    /// archive.
    /// </summary>
    public static IReadOnlyList<string> Images(string prefix, string revision) =>
        [Join(prefix, $"image.{revision}.tar"), Join(prefix, $"image.{revision}.tar.gz")];

    private static string Join(string prefix, string name)
    {
        var trimmed = prefix.Trim('/');
        return trimmed.Length == 0 ? name : trimmed + "/" + name;
    }
}
