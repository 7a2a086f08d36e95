using System.Globalization;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Storage;

/// <summary>Builds the key of everything that is stored; nothing else does.</summary>
public static class ObjectKey
{
    private const string ConfigStart = "container.";
    private const string JsonEnd = ".json";

    /// <summary><c>PREFIX/current.json</c>: a copy of the deployed launch config.</summary>
    public static string Current(string prefix) => Join(prefix, "current.json");

    /// <summary><c>PREFIX/history.json</c>.</summary>
    public static string History(string prefix) => Join(prefix, "history.json");

    /// <summary><c>PREFIX/container.HASH.json</c>: a launch config.</summary>
    public static string LaunchConfig(string prefix, LaunchConfigReference hash) =>
        Join(prefix, ConfigStart + hash.Value + JsonEnd);

    /// <summary>What the keys of all launch configs begin with.</summary>
    public static string LaunchConfigs(string prefix) => Join(prefix, ConfigStart);

    /// <summary>The hash in the key of a launch config; null when the key is of something else.</summary>
    public static LaunchConfigReference? LaunchConfigHashOf(string prefix, string key)
    {
        var start = LaunchConfigs(prefix);
        return key.StartsWith(start, StringComparison.Ordinal) && key.EndsWith(JsonEnd, StringComparison.Ordinal)
            && LaunchConfigReference.TryParse(key[start.Length..^JsonEnd.Length], out var hash)
            && LaunchConfig(prefix, hash) == key
                ? hash
                : null;
    }

    /// <summary><c>PREFIX/events/TIME-ID.json</c>; the order of keys is the order of times.</summary>
    /// <param name="prefix">The service's prefix.</param>
    /// <param name="at">When it happened; to 100 ns.</param>
    /// <param name="id">16 hex digits.</param>
    public static string Event(string prefix, DateTimeOffset at, string id)
    {
        var time = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfffffff'Z'", CultureInfo.InvariantCulture);
        return Events(prefix) + time + "-" + id + JsonEnd;
    }

    /// <summary>What the keys of all events begin with.</summary>
    public static string Events(string prefix) => Join(prefix, "events/");

    /// <summary><c>PREFIX/lock.ID.json</c>: one deployer's claim, where the store has no conditional writes.</summary>
    public static string Lock(string prefix, string id) => Locks(prefix) + id + JsonEnd;

    /// <summary>What the keys of all claims begin with.</summary>
    public static string Locks(string prefix) => Join(prefix, "lock.");

    /// <summary><c>PREFIX/probe.ID.json</c>: tells whether the store has conditional writes; deleted at once.</summary>
    public static string Probe(string prefix, string id) => Join(prefix, "probe." + id + JsonEnd);

    /// <summary><c>PREFIX/image.REVISION.tar</c>, then <c>.tar.gz</c>: an image archive.</summary>
    public static IReadOnlyList<string> Images(string prefix, string revision) =>
        [Join(prefix, $"image.{revision}.tar"), Join(prefix, $"image.{revision}.tar.gz")];

    private static string Join(string prefix, string name)
    {
        var trimmed = prefix.Trim('/');
        return trimmed.Length == 0 ? name : trimmed + "/" + name;
    }
}
