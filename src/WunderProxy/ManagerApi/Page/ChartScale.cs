namespace WunderProxy.ManagerApi.Page;

/// <summary>A linear scale from 0 to a round largest value.</summary>
internal static class ChartScale
{
    private static readonly double[] Steps = [1, 2, 2.5, 5, 10];

    /// <summary>Returns the smallest round value that is at least <paramref name="largest"/>.</summary>
    /// <param name="largest">The largest value to be shown.</param>
    /// <param name="least">The smallest scale, so that a quiet chart does not magnify noise.</param>
    public static double RoundUp(double largest, double least)
    {
        if (!(largest > least) || !double.IsFinite(largest))
        {
            return least;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(largest)));
        return Steps.Select(step => step * power).First(value => value >= largest * (1 - 1e-9));
    }
}
