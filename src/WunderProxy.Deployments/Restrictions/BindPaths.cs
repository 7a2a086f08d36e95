using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>
/// Decides which paths of the machine a container may be given: paths below the allowed directories after resolving
/// links, but never the engine's socket nor a directory above it.
/// </summary>
/// <param name="directories">The allowed directories, as absolute paths.</param>
/// <param name="engine">The engine whose socket is protected.</param>
internal sealed class BindPaths(IReadOnlyList<string> directories, DockerEndpoint engine)
{
    /// <summary>Sockets on which engines listen by default, whatever way we use to reach ours.</summary>
    private static readonly string[] UsualSockets =
    [
        "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock",
        "/run/docker/containerd/containerd.sock",
    ];

    private IEnumerable<string> Sockets => engine.SocketPath is { } own ? [own, .. UsualSockets] : UsualSockets;

    /// <summary>Returns why a path is refused, or null if it is allowed.</summary>
    public string? Refusal(string path)
    {
        if (!engine.IsLocal)
        {
            return "the engine is on another machine, where its paths cannot be examined";
        }

        if (path is not ['/', ..] || path.Split('/').Contains(".."))
        {
            return $"'{path}' is not an absolute path without '..'";
        }

        try
        {
            return RefusalOfReal(path, RealPath.Of(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"the path cannot be looked at: {exception.Message}";
        }
    }

    private string? RefusalOfReal(string path, string real)
    {
        if (Sockets.SelectMany(socket => new[] { socket, RealPath.Of(socket) }).Any(socket => IsSocket(real, socket)))
        {
            return $"'{path}' is, or leads to, the engine's socket";
        }

        return directories.Any(directory => IsWithin(real, RealPath.Of(directory)))
            ? null
            : $"'{path}' is not below a directory of --restrict-bind"
                + (real == path.TrimEnd('/') ? "" : $": it leads to '{real}'");
    }

    private static bool IsSocket(string real, string socket) =>
        IsWithin(socket, real) || IsWithin(real, socket) || FileIdentity.IsSame(real, socket);

    private static bool IsWithin(string path, string directory) =>
        directory == "/" || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);
}
