using System.Text.Json;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Retirement;

/// <summary>Decides from the local records whether another service on this machine may still want an image.</summary>
/// <param name="ownDirectory">State directory of this service; those of other services lie beside it.</param>
internal sealed class ImageClaims(string ownDirectory)
{
    private const string RecordName = "record.json";

    /// <summary>
    /// Whether another service's record names the image; a record that cannot be read counts as naming every image.
    /// </summary>
    public bool IsClaimed(string repository, string revision, string image)
    {
        var root = Path.GetDirectoryName(ownDirectory);
        if (root is null || !Directory.Exists(root))
        {
            return false;
        }

        return Directory.EnumerateDirectories(root)
            .Where(directory => directory != ownDirectory)
            .Select(directory => Path.Combine(directory, RecordName))
            .Any(path => Names(path, repository, revision, image));
    }

    private static bool Names(string path, string repository, string revision, string image)
    {
        try
        {
            if (BoundedFile.Read(path, DocumentLimits.LocalRecord) is not { } bytes)
            {
                return false;
            }

            var record = JsonSerializer.Deserialize(LenientJson.Repair(bytes).Span, LifecycleJsonContext.Default.LifecycleRecord);
            if (record is null || record.FindFault() is not null)
            {
                return record is not null;
            }

            // The other service's repository is known only from its launch config, so comparing revisions is safer.
            var isOwn = image.StartsWith(repository + ":", StringComparison.Ordinal);
            var isListed = isOwn && record.Launched.Concat(record.Earlier).Any(entry => entry.Revision == revision);
            return isListed || (record.Config.Length > 0 && IsOf(LaunchConfig.Parse(record.Config), isOwn, revision, image));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException
            or InvalidLaunchConfigException)
        {
            return true;
        }
    }

    private static bool IsOf(LaunchConfig config, bool isOwn, string revision, string image) =>
        config.Image.Length > 0 ? config.Image == image : isOwn && config.Revision == revision;
}
