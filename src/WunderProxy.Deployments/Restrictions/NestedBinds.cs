using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>
/// Refuses two binds of one container if one lies within the other. The container could replace the inner one by a
/// link, and the engine, which resolves the path at every start, would follow the link anywhere on the machine.
/// </summary>
internal static class NestedBinds
{
    /// <summary>
    /// Throws if one bind of the body lies within another; every bind has been allowed on its own before.
    /// </summary>
    /// <exception cref="RestrictedFieldException">One bind lies within another.</exception>
    public static void Demand(JsonObject body)
    {
        (string Field, string Real)[] binds = [.. SourcesOf(body["HostConfig"] as JsonObject ?? [])];
        foreach (var (field, real) in binds)
        {
            if (Array.Find(binds, other => real.StartsWith(other.Real.TrimEnd('/') + "/", StringComparison.Ordinal)
                && real != other.Real) is { Real: { } outer })
            {
                throw new RestrictedFieldException(
                    field, $"'{real}' lies within '{outer}', which is bound too: the container could put a link in its place");
            }
        }
    }

    private static IEnumerable<(string Field, string Real)> SourcesOf(JsonObject host)
    {
        foreach (var bind in host["Binds"] as JsonArray ?? [])
        {
            if (JsonFields.Text(bind)?.Split(':') is [['/', ..] path, _, ..])
            {
                yield return ("HostConfig.Binds", RealPath.Of(path));
            }
        }

        var mounts = host["Mounts"] as JsonArray ?? [];
        for (var i = 0; i < mounts.Count; i++)
        {
            if (mounts[i] is JsonObject mount && JsonFields.Text(mount["Type"]) == "bind" && JsonFields.Text(mount["Source"]) is ['/', ..] path)
            {
                yield return ($"HostConfig.Mounts[{i}].Source", RealPath.Of(path));
            }
        }
    }
}
