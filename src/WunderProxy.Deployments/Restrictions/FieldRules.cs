using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>The rules for fields that need more than a list of allowed words.</summary>
internal static class FieldRules
{
    /// <summary>
    /// Capabilities that the engine gives a container by default, so that adding them changes nothing.
    /// </summary>
    private static readonly HashSet<string> DefaultCapabilities = new(StringComparer.OrdinalIgnoreCase)
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    };

    private static readonly HashSet<string> LogOptions = new(StringComparer.Ordinal)
    {
        "max-size", "max-file", "compress", "mode", "max-buffer-size", "labels", "labels-regex", "env", "env-regex", "tag",
    };

    private static readonly HashSet<string> TmpfsFlags = new(StringComparer.Ordinal)
    {
        "", "rw", "ro", "exec", "noexec", "nosuid", "nodev", "noatime",
    };

    private static readonly string[] TmpfsValues = ["size=", "mode=", "uid=", "gid=", "nr_inodes="];

    private static readonly HashSet<string> BindModes = new(StringComparer.Ordinal)
    {
        "ro", "rw", "z", "Z", "nocopy", "private", "rprivate", "consistent", "cached", "delegated", "default",
    };

    /// <summary>Allows any value of the field.</summary>
    public static string? Any(JsonNode value, JsonObject parent, RestrictionScope scope) => null;

    /// <summary>Returns a rule that allows one of these texts, or a list of them.</summary>
    public static FieldRule OneOf(params string[] allowed) => (value, _, _) =>
        Texts(value).FirstOrDefault(text => !allowed.Contains(text, StringComparer.Ordinal)) is { } other
            ? $"{Quote(other)} is not one of {string.Join(", ", allowed.Where(text => text.Length > 0))}"
            : null;

    /// <summary>Allows null only; even an empty list removes the engine's own protection.</summary>
    public static string? OnlyNull(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        "a list, even an empty one, takes the place of the engine's own";

    public static string? Capabilities(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        Texts(value).FirstOrDefault(name => !DefaultCapabilities.Contains(
            name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name)) is { } other
            ? $"{Quote(other)} is not among the engine's default capabilities"
            : null;

    public static string? OomScore(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        value.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<int>(out var score) && score is >= 0 and <= 1000
            ? null
            : "only 0 to 1000 is allowed, which protects no container from the kernel";

    public static string? LogConfig(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        Keys(value).FirstOrDefault(key => !LogOptions.Contains(key)) is { } other
            ? $"the option {Quote(other)} is not one of {string.Join(", ", LogOptions.Order(StringComparer.Ordinal))}"
            : null;

    public static string? Tmpfs(JsonNode value, JsonObject parent, RestrictionScope scope)
    {
        var options = (value as JsonObject)?.SelectMany(mount => Texts(mount.Value).SelectMany(text => text.Split(',')));
        return options is null ? "it is not an object"
            : options.FirstOrDefault(option => !TmpfsFlags.Contains(option) && !TmpfsValues.Any(option.StartsWith)) is { } other
                ? $"the option {Quote(other)} is not allowed"
                : null;
    }

    public static string? AnonymousVolumes(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        Keys(value).FirstOrDefault(path => path is not ['/', ..] || path.Contains(':')) is { } other
            ? $"{Quote(other)} is not the path of an anonymous volume"
            : null;

    /// <summary>
    /// Allows a host name only on networks without name resolution, where other containers cannot find this one by it.
    /// </summary>
    public static string? HostName(JsonNode value, JsonObject parent, RestrictionScope scope)
    {
        var mode = JsonFields.Text((scope.Body["HostConfig"] as JsonObject)?["NetworkMode"]) ?? "";
        return mode is "" or "default" or "bridge" or "none" && JsonFields.IsEmpty(scope.Body["NetworkingConfig"])
            ? null
            : "on a user-defined network it could be the name of another service";
    }

    public static string? NetworkMode(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        JsonFields.Text(value) is { } mode ? RefusalOfNetwork(mode) : "it is not a text";

    public static string? Networks(JsonNode value, JsonObject parent, RestrictionScope scope)
    {
        foreach (var (name, settings) in value as JsonObject ?? [])
        {
            var used = (settings as JsonObject)?.FirstOrDefault(field => !RestrictedBody.IsZero(field.Value)).Key;
            if ((used is null ? RefusalOfNetwork(name) : $"{used} of network {Quote(name)} is not on the list") is { } reason)
            {
                return reason;
            }
        }

        return value is JsonObject ? null : "it is not an object";
    }

    public static string? Ports(JsonNode value, JsonObject parent, RestrictionScope scope)
    {
        foreach (var (port, bindings) in value as JsonObject ?? [])
        {
            if ((bindings as JsonArray ?? []).Any(binding => !IsAllowedBinding(binding, scope)))
            {
                return $"{Quote(port)} is published beyond loopback (127.0.0.1, ::1) by a port that is not in --restrict-port";
            }
        }

        return value is JsonObject ? null : "it is not an object";
    }

    public static string? Binds(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        Texts(value).Select(bind => RefusalOfBind(bind, scope)).FirstOrDefault(reason => reason is not null);

    public static string? MountSource(JsonNode value, JsonObject parent, RestrictionScope scope) =>
        (JsonFields.Text(parent["Type"]), JsonFields.Text(value)) switch
        {
            (_, "") => null,
            ("bind", { } path) => scope.Binds.Refusal(path),
            ("volume", { } name) => RefusalOfVolume(name, scope),
            _ => "only binds and volumes have a source",
        };

    private static string? RefusalOfBind(string bind, RestrictionScope scope)
    {
        var parts = bind.Split(':');
        if (parts.Length > 3 || parts[^1].Length == 0 || (parts.Length == 1 && parts[0] is not ['/', ..]))
        {
            return $"{Quote(bind)} is not understood";
        }

        var mode = parts.Length == 3 ? parts[2].Split(',').FirstOrDefault(word => !BindModes.Contains(word)) : null;
        return mode is not null ? $"the mode {Quote(mode)} is not allowed"
            : parts.Length == 1 ? null
            : parts[0] is ['/', ..] ? scope.Binds.Refusal(parts[0])
            : RefusalOfVolume(parts[0], scope);
    }

    private static string? RefusalOfVolume(string name, RestrictionScope scope)
    {
        var prefix = scope.App + "-";
        var isOwn = name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        return isOwn ? null : $"the volume {Quote(name)} is not this application's: its name must begin with {prefix}";
    }

    /// <summary>
    /// Returns why a network is refused, or null. The engine also accepts an id or the start of one for a network, even
    /// for the host's.
    /// </summary>
    private static string? RefusalOfNetwork(string name)
    {
        var isName = name.Length == 0 || (char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'));
        return !isName || name.Equals("host", StringComparison.OrdinalIgnoreCase) ? $"{Quote(name)} is not a network of its own"
            : name.Length > 0 && name.All(char.IsAsciiHexDigit) ? $"{Quote(name)} could be the id of any network"
            : null;
    }

    private static bool IsAllowedBinding(JsonNode? node, RestrictionScope scope)
    {
        // To the engine, null is a binding to all addresses.
        var binding = node is null ? [] : node as JsonObject;
        if (binding is null || binding.Any(field => field.Key is not ("HostIp" or "HostPort") && !RestrictedBody.IsZero(field.Value)))
        {
            return false;
        }

        var address = binding["HostIp"] is null ? "" : JsonFields.Text(binding["HostIp"]);
        var port = binding["HostPort"] is null ? "" : JsonFields.Text(binding["HostPort"]);
        return IsLoopback(address)
            || (address == scope.PublishAddress && port is "")
            || (address is not null && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && scope.Restriction.Ports.Contains(number));
    }

    /// <summary>
    /// Whether an address is loopback in its usual form; the engine takes forms that it cannot parse (<c>127.1</c>,
    /// <c>[::1]</c>) for all addresses.
    /// </summary>
    private static bool IsLoopback(string? address) =>
        IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip) && ip.ToString() == address && !address.Contains('%');

    private static IEnumerable<string> Keys(JsonNode value) => (value as JsonObject)?.Select(member => member.Key) ?? ["?"];

    /// <summary>Returns a text, or the items of a list; any other value becomes a text that no rule allows.</summary>
    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        null => [],
        JsonArray list => list.Select(item => JsonFields.Text(item) ?? "?"),
        _ => [JsonFields.Text(value) ?? "?"],
    };

    private static string Quote(string text) => $"'{text}'";
}
