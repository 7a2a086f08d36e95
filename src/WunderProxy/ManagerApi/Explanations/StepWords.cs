namespace WunderProxy.ManagerApi.Explanations;

/// <summary>The steps of an operation in words that follow "while".</summary>
internal static class StepWords
{
    /// <summary>Returns the words for a step; an unknown one is its own word.</summary>
    public static string Of(string step) => step switch
    {
        "fetching" => "reading the launch config",
        "pulling" => "getting the image",
        "creating" => "creating the container",
        "starting" => "starting the container",
        "checking" => "waiting until it is healthy",
        "recording" => "writing the history",
        _ => step,
    };
}
