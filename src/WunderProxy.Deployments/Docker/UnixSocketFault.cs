using System.Net.Sockets;

namespace WunderProxy.Deployments.Docker;

/// <summary>Explains why connecting to a unix socket failed, in words that tell what to do.</summary>
internal static class UnixSocketFault
{
    /// <summary>
    /// Returns the cause as one sentence. .NET has no error code for a missing path, so the path is examined.
    /// </summary>
    public static string Explain(string path, SocketException fault) => fault.SocketErrorCode switch
    {
        SocketError.AccessDenied => $"no permission for {path}: it takes root, or a member of its group, most often docker",
        _ when Directory.Exists(path) =>
            $"{path} is a folder and no socket: an engine makes a folder where a path to be mounted was missing",
        _ when !File.Exists(path) => $"the socket {path} is missing: Docker does not run, or listens elsewhere",
        SocketError.ConnectionRefused => $"nothing listens at {path}: Docker does not run, or the path is not a socket",
        _ => $"{path}: {fault.Message}",
    };
}
