using System.Text.RegularExpressions;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>Finds out whether this process runs in a container of the engine, and on which networks.</summary>
internal sealed partial class OwnContainer(DockerEngineClient engine, string mountInfoPath = "/proc/self/mountinfo")
{
    private readonly string? _id = FindId(mountInfoPath);

    /// <summary>
    /// Reads the container of this process, or the one whose network it shares; returns null if the process runs on the
    /// machine itself or on its network.
    /// </summary>
    public async Task<ContainerDetails?> FindAsync(CancellationToken cancellationToken)
    {
        if (_id is null)
        {
            return null;
        }

        try
        {
            var own = await engine.InspectContainerAsync(_id, cancellationToken);
            var owner = await NetworkOwner.FindAsync(engine, own, cancellationToken) ?? own;
            return owner.NetworkMode == NetworkOwner.HostMode ? null : owner;
        }
        catch (ContainerNotFoundException)
        {
            // This process runs in a container of another engine than the managed one.
            return null;
        }
    }

    /// <summary>
    /// Finds the container's id: the engine mounts files such as <c>hostname</c> from a folder named after the
    /// container.
    /// </summary>
    private static string? FindId(string mountInfoPath)
    {
        try
        {
            var match = ContainerFolder().Match(File.ReadAllText(mountInfoPath));
            return match.Success ? match.Groups["id"].Value : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [GeneratedRegex("/containers/(?<id>[0-9a-f]{64})/hostname /etc/", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerFolder();
}
