using System.Runtime.InteropServices;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The kernel cannot run the container's program: it is for another processor, or no program.</summary>
internal static class ForeignProgram
{
    private const string Complaint = "exec format error";

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (!launch.Says(Complaint) && !launch.SaysMessage("no matching manifest", "does not match the specified platform"))
        {
            return null;
        }

        var isForeign = IsForeign(launch.ImagePlatform) || !launch.Says(Complaint);
        return isForeign
            ? new LikelyCause(
                "other_processor",
                $"The image is for another processor: it is made for {Named(launch.ImagePlatform)}, and this machine runs {OwnProcessor}.",
                "Build the image for this machine's processor (docker buildx build --platform), or for several at once.")
            {
                PublicText = "The image is for another processor than the machine's.",
            }
            : new LikelyCause(
                "not_a_program",
                "The kernel cannot run the file that the container starts (exec format error). The image itself is for this machine's processor, so that the "
                + "file is a program for another one, a script without a first line such as #!/bin/sh, or no program at all.",
                "Check Entrypoint and Cmd of the launch config and of the image, and for which processor the program was compiled.")
            {
                PublicText = "The kernel cannot run the file that the container starts (exec format error).",
            };
    }

    /// <summary>The processor of this machine, as images name it.</summary>
    private static string OwnProcessor => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        Architecture.Arm64 => "arm64",
        Architecture.Arm or Architecture.Armv6 => "arm",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static bool IsForeign(string platform) => platform.Length > 0 && platform[(platform.IndexOf('/') + 1)..] != OwnProcessor;

    private static string Named(string platform) => platform.Length > 0 ? platform : "another one";
}
